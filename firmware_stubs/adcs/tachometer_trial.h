/* A tachometer that failed, and is not listened to: when it is again.
 *
 * When it has shown, three times, what the wheel must have done. At rest there is nothing to show, and the wheel's speed is
 * not known well enough: then when it has looked well for a while, each time a longer one. One that still lies is found
 * again. */
#ifndef ADCS_TACHOMETER_TRIAL_H
#define ADCS_TACHOMETER_TRIAL_H

#include "faults.h"

/* It has failed: reported. */
void tachometer_trial_begin(struct faults *faults, struct adcs_parameters *parameters, int wheel,
                            struct adcs_events *events);

/* A step of dt_s of one that failed; reported when it is listened to again. */
void tachometer_trial_step(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels, int wheel,
                           float dt_s, struct adcs_events *events);

#endif
