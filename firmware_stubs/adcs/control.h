/* Attitude control law. */
#ifndef ADCS_CONTROL_H
#define ADCS_CONTROL_H

#include "guidance.h"
#include "observer.h"

/* Body torque in N m that turns the body to the guidance's attitude and keeps it there. */
struct vec3 control_torque(const struct adcs_parameters *parameters, const struct guidance *guidance,
                           struct quat q_eci_from_body, const struct observer *observer,
                           struct vec3 wheel_momentum_body_Nms);

/* Acceleration in rad/s2 about a unit axis that takes the busiest wheel to its torque limit. */
float control_acceleration_max(const struct adcs_parameters *parameters, struct vec3 axis_body);

/* Rate in rad/s about a unit axis, on top of the target's, at which the first wheel would reach its speed limit; at most
 * the slew rate of the parameters; 0 when a wheel is there already. total_Nms: momentum of body and wheels together, less
 * what following the target takes. */
float control_rate_max(const struct adcs_parameters *parameters, struct vec3 axis_body, struct vec3 total_Nms);

/* How far the body is from the guidance's attitude, in rad. */
float control_error(const struct guidance *guidance, struct quat q_eci_from_body);

/* The inertia by which rods point the body. About a long axis it is larger than the body's: what air and light do about that
 * axis is not as much smaller as its moment of inertia is. */
struct mat3 control_inertia_by_rods(const struct adcs_parameters *parameters);

/* Body torque for rods that shall point the body by themselves: gains far below what wheels bear, as rods give it on average
 * over an orbit (Lovera and Astolfi, Spacecraft attitude control using magnetic actuators, Automatica 40(8), 2004). */
struct vec3 control_by_rods(const struct adcs_parameters *parameters, const struct guidance *guidance,
                            struct quat q_eci_from_body, struct vec3 rate_body_rad_s);

/* Body torque for rods, which give only the part of it that is across the field: the body spins about an axis of its own,
 * and that goes, stride by stride, to where it shall point. */
struct vec3 control_spin(const struct adcs_parameters *parameters, struct vec3 axis_body, struct vec3 towards_body,
                         struct vec3 rate_body_rad_s);

#endif
