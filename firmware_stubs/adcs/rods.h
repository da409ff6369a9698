/* Magnetic torque rods, and the field that they spoil while they are on. */
#ifndef ADCS_RODS_H
#define ADCS_RODS_H

#include "parameters.h"
#include "ticks.h"

struct rods {
    unsigned turn;  /* steps since the rods began to be used: the place in their cycle */
    unsigned quiet; /* steps in a row that commanded no dipole */
    bool field_known;
    bool assumed; /* not measured */
    adcs_ticks field_time;
    struct vec3 field_body_T; /* the last that was measured with the rods off for long enough */
    bool change_known;
    struct vec3 field_change_body_T_s; /* from one such sample to another */
    struct vec3 owed_body_A_m2; /* what the driver's steps, the cores and the pauses have left out so far */
    bool swung; /* the current was above what is wanted when it was last on */
    struct vec3 core_body_A_m2; /* how the cores are magnetised: without current, what they remember */
};

/* Take the magnetometer's sample of this step. Returns false when the rods may be in it. */
bool rods_measure(struct rods *rods, const struct adcs_parameters *parameters, adcs_ticks now, struct vec3 field_body_T);

/* Forget the field: the next sample is the first. */
void rods_restart(struct rods *rods);

/* Take the field from elsewhere than the magnetometer. */
void rods_assume(struct rods *rods, adcs_ticks now, struct vec3 field_body_T);

/* Forget a field that is older than a few seconds. */
void rods_forget(struct rods *rods, adcs_ticks now);

/* Dipole against a change of the field, which is what tumbling looks like: B-dot (Markley and Crassidis, chapter 7, on
 * detumbling by magnetic torque; gain after Avanzini and Giulietti, J. Guidance 35(4), 2012). 0 without a field. */
struct vec3 rods_detumble(const struct rods *rods, const struct adcs_parameters *parameters,
                          struct vec3 field_change_body_T_s);

/* Dipole whose torque is what the field allows of `torque_body_Nm`: the part across the field. With minus a momentum, times
 * a gain, it is the cross-product law that unloads wheels (Markley and Crassidis, chapter 7, on momentum dumping). 0 without
 * a field. */
struct vec3 rods_torque(const struct rods *rods, struct vec3 torque_body_Nm);

/* The spacecraft's own dipole as a torque changes it that is not accounted for yet, by a share of what it tells. Of what is
 * along the field it says nothing; the field turns in the body. Unchanged without a field, and never above `most_A_m2`. */
struct vec3 rods_learnt(const struct rods *rods, struct vec3 own_body_A_m2, struct vec3 torque_body_Nm, float share,
                        float most_A_m2);

/* What the rods give with this current, the last that they were driven with: what their cores are magnetised to. */
struct vec3 rods_given(const struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2);

/* Hold a dipole within the rods' limit, its direction kept, and pause when the cycle wants the rods off. exact: a dipole
 * that is small beside the driver's steps and the cores' memory comes out right on average, pauses included. */
struct vec3 rods_drive(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2,
                       bool exact);

#endif
