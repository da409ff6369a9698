/* Rods that point a body at the nadir by themselves: a linear quadratic regulator that knows the field of the orbit ahead.
 *
 * At any time rods make no torque along the field, so what they cannot do now has to be done before or later, or traded
 * against the turning about the nadir, which matters less. The periodic regulator does that (Wisniewski and Blanke, Fully
 * magnetic attitude control for spacecraft subject to gravity gradient, Automatica 35(7), 1999; Psiaki, Magnetic torquer
 * attitude control via asymptotic periodic linear quadratic regulation, J. Guidance 24(2), 2001). Its Riccati equation is
 * integrated backwards from one orbit ahead, a few nodes in a control step, over the field that the on-board model gives. */
#ifndef ADCS_ROD_REGULATOR_H
#define ADCS_ROD_REGULATOR_H

#include "earth.h"
#include "guidance.h"
#include "parameters.h"

/* The costs to come: of angles and rates, and of these with a torque that stays. Angles in rad and rates in units of the
 * orbit's rate, nadir axes; torque in units of the largest moment of inertia times that rate squared. */
struct rod_cost {
    float state[6][6];
    float torque[6][3];
};

struct rod_regulator {
    unsigned nodes_left; /* on the way back to the present; 0: the next step begins one orbit ahead */
    adcs_ticks time;     /* of the next three: the orbit as a circle from there on */
    float rate_rad_s;
    struct vec3 out_eci_m, along_eci_m, normal_eci;
    struct rod_cost coming; /* at the node that was reached */
    bool known;
    adcs_ticks known_time;
    struct rod_cost present;
};

/* Where the body is: of the nadir's frame, with its rate against ECI. */
struct rod_state {
    struct quat target_from_body;
    struct vec3 rate_body_rad_s;
    struct vec3 torque_body_Nm; /* that acts on it and stays, the rods' own apart */
};

/* Go on with the equation. Needs a known orbit about the Earth, and the Earth's orientation. */
void rod_regulator_step(struct rod_regulator *regulator, const struct adcs_parameters *parameters,
                        const struct orbit *orbit, const struct earth *earth, float dt_s);

/* Whether there are gains, and not too old ones. */
bool rod_regulator_ready(const struct rod_regulator *regulator, adcs_ticks now);

/* Body torque that rods shall make; the part of it across the field is what the law means. */
struct vec3 rod_regulator_torque(const struct rod_regulator *regulator, const struct adcs_parameters *parameters,
                                 const struct guidance *guidance, const struct rod_state *state);

#endif
