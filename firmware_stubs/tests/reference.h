/* A plain double-precision world to hold the flight software against: an orbit, a rotating body, wheels with friction.
 * Written apart from the flight code, quaternion kinematics and all; scalar last, v_eci = R(q) v_body. */
#ifndef REFERENCE_H
#define REFERENCE_H

struct reference_orbit {
    double position_eci_m[3], velocity_eci_m_s[3];
};

struct reference_body {
    double q_eci_from_body[4], rate_body_rad_s[3], wheel_speed_rad_s[3]; /* wheels on the body's axes */
};

/* A circular orbit of 6 900 km and 41 degrees. */
struct reference_orbit reference_orbit_start(void);
void reference_orbit_advance(struct reference_orbit *orbit, double dt_s);

/* q_eci_from_lvlh and its rate in its own axes, by differences of the axes over +-0.5 s. */
void reference_lvlh(const struct reference_orbit *orbit, double q_eci_from_lvlh[4]);
void reference_lvlh_rate(const struct reference_orbit *orbit, double rate_lvlh_rad_s[3]);

/* q = a b, and q = exp(rotation / 2). */
void reference_multiply(const double a[4], const double b[4], double q[4]);
void reference_exponential(const double rotation_rad[3], double q[4]);

/* Rotation vector of a^-1 b, in rad. */
void reference_difference(const double a[4], const double b[4], double rotation_rad[3]);

/* Motor torques act for dt_s; Coulomb friction of 20 uNm; the body as dier5's, a few per cent off the design. */
void reference_body_advance(struct reference_body *body, const double motor_torque_Nm[3], double dt_s);

#endif
