/* What turns a body beside its actuators: a dipole of its own, and the air. */
#ifndef ADCS_DISTURBANCES_H
#define ADCS_DISTURBANCES_H

#include "vec3.h"

/* Least squares that forget: of a dipole and of the air's force times its lever, both constant in the body (after Inamori,
 * Sako and Nakasuka, Magnetic dipole moment estimation and compensation for an accurate attitude control in nano-satellite
 * missions, Acta Astronautica 68, 2011; with the air beside the dipole, and without a Kalman filter's model of noise). */
struct disturbances {
    float information[6][6]; /* of the dipole, times 30 uT, and of the air */
    float told_Nm[6];
    struct vec3 dipole_body_A_m2;
    struct vec3 air_body_Nm; /* across the flow's unit vector it is the torque */
};

/* One step: a torque on the body that actuators and gravity gradient do not explain, in this field and with this direction,
 * a unit vector, in which the body goes through the air; 0: none. What is no number changes nothing. */
void disturbances_learn(struct disturbances *disturbances, struct vec3 torque_body_Nm, struct vec3 field_body_T,
                        struct vec3 ahead_body, float dt_s);

#endif
