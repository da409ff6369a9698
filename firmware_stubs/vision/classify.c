#include "classify.h"

#include "weights.h"

#define HALF ((int)(CLASSIFY_SIDE / 2u))

static int8_t to_int8(int32_t x)
{
    return (int8_t)(x < -127 ? -127 : x > 127 ? 127 : x);
}

/* Eight times the logarithm to base 2 of 1 + x, with straight lines between powers. */
static int32_t log2_8ths(uint32_t x)
{
    uint32_t power = 0, value = x + 1u;
    while ((value >> power) > 1u) {
        power++;
    }
    return (int32_t)(8u * power + ((value << 3) >> power) - 8u);
}

static int mirrored(int at, int n)
{
    return at < 0 ? -at : at >= n ? 2 * n - 2 - at : at;
}

void classify_inputs(const struct frame *frame, const struct detection *detection, int8_t inputs[CLASSIFY_INPUTS])
{
    const int middle_column = (detection->column_64ths + 32) / 64, middle_row = (detection->row_64ths + 32) / 64;
    const int32_t mean = detection->mean, range = detection->peak > mean ? detection->peak - mean : 1;
    uint16_t pixels[FRAME_COLUMNS_MAX];
    for (int i = 0; i < (int)CLASSIFY_SIDE; i++) {
        frame_row(frame, (unsigned)mirrored(middle_row - HALF + i, frame->rows), pixels);
        for (int j = 0; j < (int)CLASSIFY_SIDE; j++) {
            const int32_t x = pixels[mirrored(middle_column - HALF + j, frame->columns)];
            inputs[i * (int)CLASSIFY_SIDE + j] = to_int8((x - mean) * 127 / range);
        }
    }
    int8_t *features = inputs + CLASSIFY_SIDE * CLASSIFY_SIDE;
    features[0] = to_int8(log2_8ths(detection->mean));
    features[1] = to_int8(log2_8ths((uint32_t)range));
    features[2] = to_int8(log2_8ths(detection->sigma_16ths));
    features[3] = to_int8(log2_8ths(detection->pixels));
}

/* sums = weights x inputs + biases */
static void multiply(const int8_t *weights, const int32_t *biases, const int8_t *inputs, unsigned n_in, unsigned n_out,
                     int32_t *sums)
{
    for (unsigned i = 0; i < n_out; i++) {
        int32_t sum = biases[i];
        for (unsigned j = 0; j < n_in; j++) {
            sum += weights[i * n_in + j] * inputs[j];
        }
        sums[i] = sum;
    }
}

/* Rectified, and brought back to 8 bits. */
static void activate(const int32_t *sums, unsigned n, int32_t multiplier, int8_t *outputs)
{
    for (unsigned i = 0; i < n; i++) {
        outputs[i] = sums[i] > 0 ? to_int8((int32_t)(((int64_t)sums[i] * multiplier) >> WEIGHTS_SHIFT)) : 0;
    }
}

/* 65536 times 2 to the minus x/8. */
static uint32_t power_of_half(uint32_t x_8ths)
{
    static const uint32_t part[8] = {65536, 60097, 55109, 50535, 46341, 42495, 38968, 35734};
    return x_8ths >= 128u ? 0 : part[x_8ths % 8u] >> (x_8ths / 8u);
}

struct judgement classify(const int8_t inputs[CLASSIFY_INPUTS])
{
    int32_t sums[WEIGHTS_FIRST];
    int8_t first[WEIGHTS_FIRST], second[WEIGHTS_SECOND];
    multiply(weights_first, biases_first, inputs, CLASSIFY_INPUTS, WEIGHTS_FIRST, sums);
    activate(sums, WEIGHTS_FIRST, WEIGHTS_FIRST_MULTIPLIER, first);
    multiply(weights_second, biases_second, first, WEIGHTS_FIRST, WEIGHTS_SECOND, sums);
    activate(sums, WEIGHTS_SECOND, WEIGHTS_SECOND_MULTIPLIER, second);
    multiply(weights_third, biases_third, second, WEIGHTS_SECOND, CLASSIFY_KINDS, sums);
    struct judgement judgement = {0, 0};
    for (unsigned i = 1; i < CLASSIFY_KINDS; i++) {
        judgement.kind = sums[i] > sums[judgement.kind] ? (uint8_t)i : judgement.kind;
    }
    uint32_t total = 0; /* of the shares in 65536ths of the largest */
    for (unsigned i = 0; i < CLASSIFY_KINDS; i++) {
        const int64_t below = (int64_t)sums[judgement.kind] - sums[i];
        const int64_t eighths = (below * WEIGHTS_LOG2_MULTIPLIER) >> WEIGHTS_SHIFT;
        total += power_of_half(eighths < 128 ? (uint32_t)eighths : 128u);
    }
    judgement.confidence = (uint8_t)((255u * 65536u + total / 2u) / total);
    return judgement;
}
