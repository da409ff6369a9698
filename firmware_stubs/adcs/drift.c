#include "drift.h"

#define WINDOW_S 30.0f
#define PAUSE_S 2.0f /* without a measurement: what the next one corrects is of longer ago */
#define SIGMAS 6.0f
#define WELL 0.5f

static void begin(struct drift *drift, adcs_ticks time, struct vec3 bias_body_rad_s, float unsure_rad_s)
{
    drift->since = time;
    drift->unsure_rad_s = unsure_rad_s;
    drift->bias_body_rad_s = bias_body_rad_s;
    drift->corrected_body_rad = v3(0.0f, 0.0f, 0.0f);
}

void drift_note(struct drift *drift, adcs_ticks time, struct vec3 correction_body_rad, struct vec3 bias_body_rad_s,
                float white_rad_sqrt_s, float unsure_rad_s, struct adcs_events *events)
{
    const float over_s = drift->since != 0 ? adcs_seconds(drift->since, time) : -1.0f;
    if (!(over_s >= 0.0f && over_s < WINDOW_S + PAUSE_S)) {
        begin(drift, time, bias_body_rad_s, unsure_rad_s);
        return;
    }
    drift->corrected_body_rad = v3_add(drift->corrected_body_rad, correction_body_rad);
    if (over_s < WINDOW_S) {
        return;
    }
    const struct vec3 corrected_rad_s = v3_scale(1.0f / over_s, drift->corrected_body_rad);
    const float apart_rad_s = v3_norm(v3_sub(corrected_rad_s, v3_sub(bias_body_rad_s, drift->bias_body_rad_s)));
    const float most_rad_s = unsure_rad_s > drift->unsure_rad_s ? unsure_rad_s : drift->unsure_rad_s;
    const float limit_rad_s = SIGMAS * white_rad_sqrt_s / adcs_sqrt(over_s) + most_rad_s;
    if (!drift->told && apart_rad_s > limit_rad_s) {
        drift->told = true;
        adcs_report(events, ADCS_EVENT_RATES_APART, apart_rad_s);
    } else if (drift->told && apart_rad_s < WELL * limit_rad_s) {
        drift->told = false;
        adcs_report(events, ADCS_EVENT_RATES_AGREE, apart_rad_s);
    }
    begin(drift, time, bias_body_rad_s, unsure_rad_s);
}
