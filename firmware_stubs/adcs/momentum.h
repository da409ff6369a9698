/* Momentum that the wheels cannot hold.
 *
 * What body and wheels hold together stays in space, and the attitude decides what falls to each wheel: where one would have
 * more than it can, a body that points a little beside spreads it over the others. So pointing is traded for momentum, only
 * as far as needed. Where that is too far for the mode it is safe mode, until the wheels can hold the mode again. There
 * rods or thrusters take momentum off; without any the body turns as the torque of its own dipole does it, and as much to
 * the Sun as that lets it. */
#ifndef ADCS_MOMENTUM_H
#define ADCS_MOMENTUM_H

#include "events.h"
#include "guidance.h"
#include "wheels.h"

struct adcs;

struct momentum {
    struct vec3 own_body_A_m2; /* the spacecraft's own dipole, as far as its torque has told, */
    float learnt_s;            /* for so long */
    float traded_rad;          /* how far beside the mode's attitude the body points */
    bool traded;               /* and that was told */
    bool full;                 /* safe mode for that reason: */
    float fits_s;              /* then for so long the wheels could have held the mode that is wanted */
};

#define MOMENTUM_STRIDE_RAD 0.018f /* of a slew: 0.2 degrees a second; so short that no limit of a slew binds */

/* What a wheel holds at its limit. */
float momentum_wheel_full_Nms(const struct adcs_parameters *parameters, int wheel);

/* More than this, and there are attitudes in which a wheel would have too much. */
float momentum_held_anyhow_Nms(const struct adcs_parameters *parameters);

/* Wheels hold all three axes, and the body's rate is known. */
bool momentum_can_be_traded(const struct adcs *adcs);

/* Body and wheels together, in body axes and in ECI, N m s. */
struct vec3 momentum_total_body_Nms(const struct adcs *adcs);
struct vec3 momentum_total_eci_Nms(const struct adcs *adcs);

/* The rotation, in the target's axes, by which a body that follows the guidance with this momentum points beside it, so
 * that no wheel has more than a share of its limit; the shortest, as far as one is found. */
struct vec3 momentum_beside_rad(const struct adcs_parameters *parameters, const struct guidance *guidance,
                                struct vec3 total_eci_Nms, float share);

/* What the wheels can follow instead of this: turned beside, if it must be; reported when it begins and ends. With so much
 * momentum that not each attitude on a straight way would do, the way is gone in small strides, each turned beside. */
struct guidance momentum_trade(struct adcs *adcs, const struct guidance *guidance);

/* It is why the pointing is off, if that is: the body points beside for it, or a wheel is at its limit. */
bool momentum_is_tight(const struct adcs *adcs);

/* The body points further beside than that, or soon there will be no attitude in which the wheels hold it, and the own
 * dipole can take it off. */
bool momentum_is_too_much(const struct adcs *adcs, float beside_max_rad);

/* Learn the own dipole, where there are no rods to unload wheels. */
void momentum_learn(struct adcs *adcs, float dt_s);

/* There is nothing else to take momentum off, and the own dipole is known. */
bool momentum_has_a_dipole(const struct adcs *adcs);

/* It is safe mode for that, and there is momentum to take off so. */
bool momentum_unloads_by_own(const struct adcs *adcs);

/* The next turn in body axes towards an attitude in which the own dipole takes momentum off, `axis_body` still near the Sun
 * (0: it is not known) and the wheels below their limits. */
struct quat momentum_unloading_turn(const struct adcs *adcs, struct vec3 axis_body, struct vec3 sun_body);

#endif
