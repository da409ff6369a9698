#include "disturbances.h"

#define FORGET_S 8000.0f /* one and a half orbits: the field and the flow have turned in the body */
#define FIELD_T 3e-5f    /* a unit of the dipole's, so that both are torques */
#define LEAST 1e-3f      /* information that there is of 0 before anything is told */

/* How the torque changes with each unknown. */
static void regressors(struct vec3 field_body_T, struct vec3 ahead_body, struct vec3 out[6])
{
    const struct vec3 field = v3_scale(1.0f / FIELD_T, field_body_T);
    const struct mat3 axes = m3_diagonal(1.0f);
    const struct vec3 axis[3] = {axes.x, axes.y, axes.z};
    for (int i = 0; i < 3; i++) {
        out[i] = v3_cross(axis[i], field);
        out[3 + i] = v3_cross(axis[i], ahead_body);
    }
}

/* The lower triangle of L in L L^T; what is positive definite by LEAST stays so. */
static void factor(float a[6][6])
{
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j <= i; j++) {
            float rest = a[i][j] + (i == j ? LEAST : 0.0f);
            for (int k = 0; k < j; k++) {
                rest -= a[i][k] * a[j][k];
            }
            a[i][j] = i == j ? adcs_sqrt(adcs_larger(rest, 0.1f * LEAST)) : rest / a[j][j];
        }
    }
}

/* x of (information + LEAST) x = told: Cholesky's way (Golub and Van Loan, Matrix Computations, section 4.2). */
static void solve(const struct disturbances *disturbances, float x[6])
{
    float l[6][6];
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            l[i][j] = disturbances->information[i][j];
        }
    }
    factor(l);
    for (int i = 0; i < 6; i++) {
        x[i] = disturbances->told_Nm[i];
        for (int k = 0; k < i; k++) {
            x[i] -= l[i][k] * x[k];
        }
        x[i] /= l[i][i];
    }
    for (int i = 5; i >= 0; i--) {
        for (int k = i + 1; k < 6; k++) {
            x[i] -= l[k][i] * x[k];
        }
        x[i] /= l[i][i];
    }
}

void disturbances_learn(struct disturbances *disturbances, struct vec3 torque_body_Nm, struct vec3 field_body_T,
                        struct vec3 ahead_body, float dt_s)
{
    if (!v3_finite(torque_body_Nm) || !v3_finite(field_body_T) || !v3_finite(ahead_body) || !(dt_s > 0.0f)) {
        return;
    }
    struct vec3 by[6];
    float x[6];
    const float share = dt_s / (FORGET_S + dt_s);
    regressors(field_body_T, ahead_body, by);
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            disturbances->information[i][j] += share * (v3_dot(by[i], by[j]) - disturbances->information[i][j]);
        }
        disturbances->told_Nm[i] += share * (v3_dot(by[i], torque_body_Nm) - disturbances->told_Nm[i]);
    }
    solve(disturbances, x);
    disturbances->dipole_body_A_m2 = v3_scale(1.0f / FIELD_T, v3_from(x));
    disturbances->air_body_Nm = v3_from(&x[3]);
}
