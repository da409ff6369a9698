/* Wheels at their speed limit: a state of its own, which is told, and left when the momentum has gone elsewhere. */
#ifndef ADCS_SATURATION_H
#define ADCS_SATURATION_H

#include "events.h"
#include "wheels.h"

/* A wheel gave nothing for a torque: it turns fast, and was to turn faster, so that this is its limit and no fault. */
bool saturation_explains(const struct adcs_parameters *parameters, const struct wheels *wheels, int wheel, float torque_Nm);

/* Take the speed at which it stands for its limit, less a little; reported. */
void saturation_learn(struct adcs_parameters *parameters, struct wheels *wheels, int wheel, struct adcs_events *events);

/* After a step: report wheels that came to their limit, and those that left it. */
void saturation_watch(struct wheels *wheels, const struct adcs_parameters *parameters, struct adcs_events *events);

#endif
