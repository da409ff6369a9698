#include "reference.h"

#include <math.h>
#include <string.h>

static void acceleration(const double r[3], double a[3])
{
    const double mu = 3.986004418e14, j2 = 1.08262668e-3, radius = 6378137.0;
    const double r2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    const double k = 1.5 * j2 * radius * radius / r2;
    const double s = 5.0 * r[2] * r[2] / r2;
    const double central = -mu / (r2 * sqrt(r2));
    a[0] = central * r[0] * (1.0 + k * (1.0 - s));
    a[1] = central * r[1] * (1.0 + k * (1.0 - s));
    a[2] = central * r[2] * (1.0 + k * (3.0 - s));
}

struct reference_orbit reference_orbit_start(void)
{
    const double radius = 6.9e6, inclination = 41.0 * 3.14159265358979323846 / 180.0;
    const double speed = sqrt(3.986004418e14 / radius);
    return (struct reference_orbit){{radius, 0.0, 0.0},
                                    {0.0, speed * cos(inclination), speed * sin(inclination)}};
}

static void orbit_rate(const double y[6], double dy[6])
{
    memcpy(dy, y + 3, 3 * sizeof *y);
    acceleration(y, dy + 3);
}

static void orbit_step(double y[6], double h)
{
    static const double weight[4] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0}, at[4] = {0.0, 0.5, 0.5, 1.0};
    double k[6] = {0}, sum[6] = {0}, stage[6];
    for (int s = 0; s < 4; s++) {
        for (int i = 0; i < 6; i++) {
            stage[i] = y[i] + at[s] * h * k[i];
        }
        orbit_rate(stage, k);
        for (int i = 0; i < 6; i++) {
            sum[i] += weight[s] * k[i];
        }
    }
    for (int i = 0; i < 6; i++) {
        y[i] += h * sum[i];
    }
}

void reference_orbit_advance(struct reference_orbit *orbit, double dt_s)
{
    double y[6];
    const int steps = (int)ceil(fabs(dt_s) / 0.5);
    memcpy(y, orbit->position_eci_m, 3 * sizeof *y);
    memcpy(y + 3, orbit->velocity_eci_m_s, 3 * sizeof *y);
    for (int i = 0; i < steps; i++) {
        orbit_step(y, dt_s / steps);
    }
    memcpy(orbit->position_eci_m, y, 3 * sizeof *y);
    memcpy(orbit->velocity_eci_m_s, y + 3, 3 * sizeof *y);
}

static void cross(const double a[3], const double b[3], double c[3])
{
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

static void negative_unit(const double a[3], double u[3])
{
    const double norm = sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
    for (int i = 0; i < 3; i++) {
        u[i] = -a[i] / norm;
    }
}

/* By the trace, which is enough where the test orbit starts: w is far from 0 or the caller does not look at signs. */
static void quaternion(const double x[3], const double y[3], const double z[3], double q[4])
{
    const double w2 = 1.0 + x[0] + y[1] + z[2], x2 = 1.0 + x[0] - y[1] - z[2];
    if (w2 > x2) {
        q[3] = 0.5 * sqrt(w2);
        q[0] = (y[2] - z[1]) / (4.0 * q[3]);
        q[1] = (z[0] - x[2]) / (4.0 * q[3]);
        q[2] = (x[1] - y[0]) / (4.0 * q[3]);
        return;
    }
    q[0] = 0.5 * sqrt(x2);
    q[3] = (y[2] - z[1]) / (4.0 * q[0]);
    q[1] = (x[1] + y[0]) / (4.0 * q[0]);
    q[2] = (z[0] + x[2]) / (4.0 * q[0]);
}

void reference_lvlh(const struct reference_orbit *orbit, double q_eci_from_lvlh[4])
{
    double momentum[3], x[3], y[3], z[3];
    cross(orbit->position_eci_m, orbit->velocity_eci_m_s, momentum);
    negative_unit(orbit->position_eci_m, z);
    negative_unit(momentum, y);
    cross(y, z, x);
    quaternion(x, y, z, q_eci_from_lvlh);
}

void reference_lvlh_rate(const struct reference_orbit *orbit, double rate_lvlh_rad_s[3])
{
    struct reference_orbit before = *orbit, after = *orbit;
    double q_before[4], q_after[4];
    reference_orbit_advance(&before, -0.5);
    reference_orbit_advance(&after, 0.5);
    reference_lvlh(&before, q_before);
    reference_lvlh(&after, q_after);
    reference_difference(q_before, q_after, rate_lvlh_rad_s);
}

void reference_multiply(const double a[4], const double b[4], double q[4])
{
    double axis[3];
    cross(a, b, axis);
    for (int i = 0; i < 3; i++) {
        axis[i] += a[3] * b[i] + b[3] * a[i];
    }
    q[3] = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2];
    memcpy(q, axis, sizeof axis);
}

void reference_exponential(const double rotation_rad[3], double q[4])
{
    const double *v = rotation_rad;
    const double angle = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    const double s = angle > 0.0 ? sin(0.5 * angle) / angle : 0.5;
    for (int i = 0; i < 3; i++) {
        q[i] = s * v[i];
    }
    q[3] = cos(0.5 * angle);
}

void reference_difference(const double a[4], const double b[4], double rotation_rad[3])
{
    const double inverse[4] = {-a[0], -a[1], -a[2], a[3]};
    double q[4];
    reference_multiply(inverse, b, q);
    const double sine = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]);
    const double sign = q[3] < 0.0 ? -1.0 : 1.0;
    const double scale = sine > 0.0 ? sign * 2.0 * atan2(sine, fabs(q[3])) / sine : 2.0;
    for (int i = 0; i < 3; i++) {
        rotation_rad[i] = scale * q[i];
    }
}

/* I w' = -(motor - friction) - w x (I w + J s), the wheels' own share of w' left out (1e-4 of it). */
static void body_rate(const struct reference_body *body, const double motor_Nm[3], double dw[3], double ds[3])
{
    static const double inertia[3] = {0.1720, 0.1655, 0.1038}, spin_inertia = 2.4e-5;
    const double *w = body->rate_body_rad_s;
    double momentum[3], gyroscopic[3];
    for (int i = 0; i < 3; i++) {
        momentum[i] = inertia[i] * w[i] + spin_inertia * body->wheel_speed_rad_s[i];
    }
    cross(w, momentum, gyroscopic);
    for (int i = 0; i < 3; i++) {
        const double net = motor_Nm[i] - 2e-5 * tanh(body->wheel_speed_rad_s[i] / 2.0);
        dw[i] = (-net - gyroscopic[i]) / inertia[i];
        ds[i] = net / spin_inertia;
    }
}

static void midpoint_step(struct reference_body *body, const double motor_torque_Nm[3], double h)
{
    struct reference_body middle = *body;
    double dw[3], ds[3], rotation[3], turn[4];
    body_rate(body, motor_torque_Nm, dw, ds);
    for (int i = 0; i < 3; i++) {
        middle.rate_body_rad_s[i] += 0.5 * h * dw[i];
        middle.wheel_speed_rad_s[i] += 0.5 * h * ds[i];
        rotation[i] = h * middle.rate_body_rad_s[i];
    }
    body_rate(&middle, motor_torque_Nm, dw, ds);
    for (int i = 0; i < 3; i++) {
        body->rate_body_rad_s[i] += h * dw[i];
        body->wheel_speed_rad_s[i] += h * ds[i];
    }
    reference_exponential(rotation, turn);
    reference_multiply(body->q_eci_from_body, turn, body->q_eci_from_body);
}

void reference_body_advance(struct reference_body *body, const double motor_torque_Nm[3], double dt_s)
{
    const int steps = (int)ceil(dt_s / 0.0101);
    for (int i = 0; i < steps; i++) {
        midpoint_step(body, motor_torque_Nm, dt_s / steps);
    }
}
