/* What of the flight software is guarded: the parameters with all that follows from them, and what the ground commanded. */
#ifndef ADCS_GUARDS_H
#define ADCS_GUARDS_H

#include "adcs.h"
#include "guard.h"

enum guarded { GUARDED_PARAMETERS, GUARDED_SETTINGS }; /* the events' values */

/* What the ground said that is no parameter; without padding. */
struct ground_settings {
    adcs_ticks earth_time;
    uint32_t earth_known, mode_wanted, attitude_wanted, reserved;
    struct quat q_eci_from_ecef, q_eci_from_body_wanted;
};

struct guards {
    struct adcs_parameters parameters;
    struct ground_settings settings;
    uint32_t parameters_checksum, settings_checksum;
    uint32_t mended; /* so often */
};

/* Before the state is used. Reports what was mended. False when the parameters are lost. */
bool guards_check(struct guards *guards, struct adcs *adcs);

/* After it may have been changed. */
void guards_seal(struct guards *guards, const struct adcs *adcs);

/* The same after a step, which leaves the parameters' values as the ground set them, and the field's model but with
 * another date: neither is looked at, so that what a particle changes in them meanwhile is mended before the next step. */
void guards_seal_after_step(struct guards *guards, const struct adcs *adcs);

#endif
