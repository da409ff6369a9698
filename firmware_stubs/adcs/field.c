#include "field.h"

#include "field_coefficients.h"

#define REFERENCE_RADIUS_M 6371200.0f
#define TERMS (FIELD_DEGREE + 2) /* the gradient of degree n takes functions of degree n + 1 */

/* V and W: the solid harmonics (R/r)^(n+1) P_nm (cos, sin) m lambda. */
struct harmonics {
    float v[TERMS][TERMS], w[TERMS][TERMS]; /* [degree][order] */
};

/* Up the column of one order: Montenbruck and Gill, Satellite Orbits, section 3.2.4, equation 3.30. */
static void fill_column(struct harmonics *h, int m, float z, float inverse)
{
    for (int n = m + 1; n < TERMS; n++) {
        const float one = (float)(2 * n - 1) / (float)(n - m) * z;
        const float two = (float)(n + m - 1) / (float)(n - m) * inverse;
        h->v[n][m] = one * h->v[n - 1][m] - (n - m > 1 ? two * h->v[n - 2][m] : 0.0f);
        h->w[n][m] = one * h->w[n - 1][m] - (n - m > 1 ? two * h->w[n - 2][m] : 0.0f);
    }
}

/* Along the diagonal, equation 3.29, and up each column. */
static void fill(struct harmonics *h, struct vec3 r)
{
    const float inverse = 1.0f / v3_dot(r, r);
    const struct vec3 s = v3_scale(inverse, r);
    h->v[0][0] = adcs_sqrt(inverse);
    h->w[0][0] = 0.0f;
    fill_column(h, 0, s.z, inverse);
    for (int m = 1; m < TERMS; m++) {
        const float k = (float)(2 * m - 1), v = h->v[m - 1][m - 1], w = h->w[m - 1][m - 1];
        h->v[m][m] = k * (s.x * v - s.y * w);
        h->w[m][m] = k * (s.x * w + s.y * v);
        fill_column(h, m, s.z, inverse);
    }
}

/* A term's gradient, negative: section 3.2.5, equation 3.33. */
static struct vec3 term(const struct harmonics *at, int n, int m, float g, float h)
{
    const float *v = at->v[n + 1], *w = at->w[n + 1];
    const float along = (float)(n - m + 1) * (g * v[m] + h * w[m]);
    if (m == 0) {
        return v3(g * v[1], g * w[1], along);
    }
    const float k = (float)((n - m + 2) * (n - m + 1));
    return v3(0.5f * (g * v[m + 1] + h * w[m + 1] - k * (g * v[m - 1] + h * w[m - 1])),
              0.5f * (g * w[m + 1] - h * v[m + 1] + k * (g * w[m - 1] - h * v[m - 1])), along);
}

/* Linear between epochs, as the model itself says. */
struct field_model field_model_at(float epoch_day)
{
    const float year = 2000.0f + (epoch_day + 0.5f) / 365.25f; /* J2000 is a noon */
    const float epochs = adcs_clamp((year - FIELD_FIRST_YEAR) / FIELD_EPOCH_YEARS, 0.0f, (float)(FIELD_EPOCHS - 1));
    const int before = epochs < (float)(FIELD_EPOCHS - 1) ? (int)epochs : FIELD_EPOCHS - 2;
    const float part = epochs - (float)before;
    struct field_model model;
    for (int i = 0; i < FIELD_TERMS; i++) {
        for (int k = 0; k < 2; k++) {
            const float from = field_coefficients[before][i][k], to = field_coefficients[before + 1][i][k];
            model.coefficient[i][k] = from + part * (to - from);
        }
    }
    return model;
}

struct vec3 field_ecef_T(const struct field_model *model, struct vec3 position_ecef_m)
{
    struct harmonics harmonics;
    fill(&harmonics, v3_scale(1.0f / REFERENCE_RADIUS_M, position_ecef_m));
    struct vec3 sum = v3(0.0f, 0.0f, 0.0f);
    const float(*coefficient)[2] = model->coefficient;
    for (int n = 1; n <= FIELD_DEGREE; n++) {
        for (int m = 0; m <= n; m++, coefficient++) {
            sum = v3_add(sum, term(&harmonics, n, m, (*coefficient)[0], (*coefficient)[1]));
        }
    }
    return sum;
}
