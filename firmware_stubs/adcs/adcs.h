/* The flight software's core: samples in, a control step, commands out. No I/O, no globals, no allocation; everything that
 * it remembers is in struct adcs. Angles in rad, SI units, frames as named. */
#ifndef ADCS_H
#define ADCS_H

#include "adcs_parts.h"
#include "attitude.h"
#include "burn.h"
#include "coasting.h"
#include "diode_gains.h"
#include "disturbances.h"
#include "events.h"
#include "faults.h"
#include "field_calibration.h"
#include "gyros.h"
#include "modes.h"
#include "momentum.h"
#include "observer.h"
#include "orbit.h"
#include "orbit_filter.h"
#include "parameters.h"
#include "rod_checks.h"
#include "rod_regulator.h"
#include "rods.h"
#include "sensor_checks.h"
#include "sight.h"
#include "star_tracker_pair.h"
#include "star_trackers.h"
#include "steering.h"
#include "supervisor.h"
#include "target.h"
#include "thrusters.h"
#include "wheels.h"

#define ADCS_MEASUREMENTS_MAX 4u
#define ADCS_TARGETS 2u /* by HIL_SLOT_... */
#define MAGNETOMETERS 2u
#define ADCS_TIME_OF_STEP UINT64_MAX /* of a sample: the time of the step that will use it, known only then */

/* What arrived since the step before. */
struct adcs_samples {
    bool gyro; /* the two below are filled, from the one that is believed */
    adcs_ticks gyro_time;
    struct vec3 gyro_rate_body_rad_s;
    unsigned star_tracker_count; /* those beyond ADCS_MEASUREMENTS_MAX in one step are dropped */
    struct attitude_measurement star_tracker[ADCS_MEASUREMENTS_MAX];
    bool magnetometer, coarse_sun, fine_sun, horizon, gps; /* these below are filled */
    struct vec3 field_body_T;
    struct vec3 light_body;      /* on the diodes */
    struct vec3 coarse_sun_body; /* unit vector, 0 when the diodes see no Sun */
    struct vec3 fine_sun_body;   /* unit vector, as the next one */
    struct vec3 nadir_body;
    struct orbit_fix fix; /* of the GPS */
};

struct adcs_command {
    float wheel_torque_Nm[ADCS_WHEELS_MAX];
    struct vec3 dipole_body_A_m2;
};

struct adcs {
    const struct adcs_parts *parts; /* of a team's own, in the place of the reference's; NULL: none */
    struct adcs_parameters parameters;
    struct adcs_samples samples;
    struct orbit orbit;
    struct orbit_filter orbit_filter;
    struct earth earth;
    struct target target[ADCS_TARGETS];
    struct sight sight; /* what the camera makes of the first of them */
    bool attitude_wanted; /* the next one is set */
    struct quat q_eci_from_body_wanted;
    struct attitude attitude;
    struct gyros gyros;
    struct star_tracker_watch star_tracker[STAR_TRACKERS];
    struct star_tracker_pair star_tracker_pair;
    struct attitude_measurement star_tracker_before; /* the last one without any rate */
    struct wheels wheels;
    struct rods rods;
    struct disturbances disturbances; /* the next one too: where rods alone point */
    struct rod_regulator rod_regulator;
    struct rod_checks rod_checks;
    struct thrusters thrusters;
    struct burn burn;
    unsigned magnetometer; /* the one that is used */
    bool magnetometer_spent[MAGNETOMETERS]; /* its size was off, and it was left for the other one */
    struct field_calibration field_calibration;
    struct sensor_checks sensor_checks;
    struct vec3 model_field_eci_T; /* as it was asked for last */
    adcs_ticks model_field_time;
    struct diode_gains diodes;
    struct observer observer;
    bool sun_seen; /* by a sensor, in a step not long ago */
    adcs_ticks sun_time;
    struct vec3 sun_seen_body;
    struct momentum momentum;
    struct coasting coasting;
    struct supervisor supervisor;
    struct steering steering;
    struct faults faults;
    struct adcs_events events; /* that wait to be told */
    unsigned mode_wanted;      /* as commanded */
    unsigned mode;             /* idle until what the wanted mode needs is known */
    bool stepped;              /* there was a step, at last_time */
    adcs_ticks last_time;
    bool straggled; /* the step before came with a time that was past, this one: */
    adcs_ticks straggler_time;
    struct adcs_command command;        /* of the last step */
    struct adcs_command test; /* what mode test commands */
    struct adcs_command command_before; /* of the one before, in force until the command delay is over */
};

/* The boot state: parameters at their defaults, idle, nothing known. */
void adcs_init(struct adcs *adcs);

/* A sample of the time given. Each returns false, and drops it, when it is not finite or not plausible. */
bool adcs_gyro(struct adcs *adcs, unsigned instance, adcs_ticks time, struct vec3 rate_body_rad_s);
bool adcs_star_tracker(struct adcs *adcs, unsigned instance, adcs_ticks time, struct quat q_eci_from_body);
bool adcs_tachometer(struct adcs *adcs, unsigned wheel, float speed_rad_s);
bool adcs_magnetometer(struct adcs *adcs, unsigned instance, struct vec3 field_body_T);
bool adcs_coarse_sun_sensor(struct adcs *adcs, const uint16_t illumination_adc[6]);
bool adcs_fine_sun_sensor(struct adcs *adcs, unsigned instance, struct vec3 sun_body);
bool adcs_horizon_sensor(struct adcs *adcs, unsigned instance, struct vec3 nadir_body);
bool adcs_gps(struct adcs *adcs, adcs_ticks time, struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s);
bool adcs_thermometer(struct adcs *adcs, unsigned instance, float temperature_K);

/* The ground's orbit determination; what mode inertial holds. False, changing nothing, when not plausible. */
bool adcs_set_orbit(struct adcs *adcs, adcs_ticks time, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s);
bool adcs_set_attitude(struct adcs *adcs, struct quat q_eci_from_body);

/* What mode burn adds to the velocity, body axes. False, changing nothing, when it is not plausible. */
bool adcs_set_burn(struct adcs *adcs, struct vec3 delta_v_body_m_s);

enum adcs_mode_result { ADCS_MODE_TAKEN, ADCS_MODE_UNKNOWN, ADCS_MODE_IMPOSSIBLE };

/* Ask for a mode; it is entered when what it needs is known. Impossible: by the parameters there is not what it drives, as
 * mode_obstacle tells. */
enum adcs_mode_result adcs_set_mode(struct adcs *adcs, unsigned mode);

enum adcs_actuator_result { ADCS_ACTUATOR_TAKEN, ADCS_ACTUATOR_NOT_IN_TEST, ADCS_ACTUATOR_OUT_OF_RANGE };

/* In mode test: the torque of a wheel in N m, the rods' dipole along body axis 0..2 in A m2, how long in s a thruster is
 * open in each step; 0 when the mode begins. */
enum adcs_actuator_result adcs_set_wheel(struct adcs *adcs, unsigned wheel, float torque_Nm);
enum adcs_actuator_result adcs_set_rod(struct adcs *adcs, unsigned axis, float dipole_A_m2);
enum adcs_actuator_result adcs_set_thruster(struct adcs *adcs, unsigned thruster, float on_time_s);

/* One control step at `now`: afterwards command, attitude, observer, mode and events are those of this step. The same step
 * again, or one that is past, changes nothing: its samples are dropped, and the answers are those of the last step. */
void adcs_step(struct adcs *adcs, adcs_ticks now);

#endif
