#include "coarse_sun.h"

/* What is common to both diodes of a pair, the dark current, cancels. */
static float light(const struct adcs_parameters *parameters, const float gain[2], const uint16_t pair_adc[2])
{
    return ((float)pair_adc[0] / gain[0] - (float)pair_adc[1] / gain[1]) / parameters->value[ADCS_COARSE_SUN_FULL_ADC];
}

struct vec3 coarse_sun_light(const struct adcs_parameters *parameters, const struct diode_gains *gains,
                             const uint16_t illumination_adc[DIODES])
{
    return v3(light(parameters, gains->gain, illumination_adc), light(parameters, gains->gain + 2, illumination_adc + 2),
              light(parameters, gains->gain + 4, illumination_adc + 4));
}

struct vec3 coarse_sun_direction(const struct adcs_parameters *parameters, struct vec3 light_body)
{
    const float norm = v3_norm(light_body);
    const bool sun = norm >= parameters->value[ADCS_COARSE_SUN_LEAST];
    return sun ? v3_scale(1.0f / norm, light_body) : v3(0.0f, 0.0f, 0.0f);
}
