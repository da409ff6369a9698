#include "coarse_sun.h"

static float light(const struct adcs_parameters *parameters, const uint16_t pair_adc[2])
{
    const float full = parameters->value[ADCS_COARSE_SUN_FULL_ADC];
    return ((float)pair_adc[0] - (float)pair_adc[1]) / full;
}

struct vec3 coarse_sun_light(const struct adcs_parameters *parameters, const uint16_t illumination_adc[6])
{
    return v3(light(parameters, illumination_adc), light(parameters, illumination_adc + 2),
              light(parameters, illumination_adc + 4));
}

struct vec3 coarse_sun_direction(const struct adcs_parameters *parameters, const uint16_t illumination_adc[6])
{
    const struct vec3 sum = coarse_sun_light(parameters, illumination_adc);
    const float norm = v3_norm(sum);
    const bool sun = norm >= parameters->value[ADCS_COARSE_SUN_LEAST];
    return sun ? v3_scale(1.0f / norm, sum) : v3(0.0f, 0.0f, 0.0f);
}
