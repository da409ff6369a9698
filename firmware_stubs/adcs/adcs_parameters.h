/* Generated from hil/flight/parameters.py; edit the table there, not this file. */
#ifndef ADCS_PARAMETERS_H
#define ADCS_PARAMETERS_H

enum adcs_parameter {
    ADCS_INERTIA_XX_BODY_KG_M2 = 0, /* kg m2; inertia tensor about the centre of mass, wheels locked */
    ADCS_INERTIA_YY_BODY_KG_M2 = 1, /* kg m2; inertia tensor about the centre of mass, wheels locked */
    ADCS_INERTIA_ZZ_BODY_KG_M2 = 2, /* kg m2; inertia tensor about the centre of mass, wheels locked */
    ADCS_INERTIA_XY_BODY_KG_M2 = 3, /* kg m2; inertia tensor about the centre of mass, wheels locked */
    ADCS_INERTIA_XZ_BODY_KG_M2 = 4, /* kg m2; inertia tensor about the centre of mass, wheels locked */
    ADCS_INERTIA_YZ_BODY_KG_M2 = 5, /* kg m2; inertia tensor about the centre of mass, wheels locked */
    ADCS_WHEEL_COUNT = 6, /* 1; wheels that exist; set anew: those out of service too */
    ADCS_WHEEL0_AXIS_X_BODY = 7, /* 1; unit vector of wheel 0: spin is positive about it */
    ADCS_WHEEL0_AXIS_Y_BODY = 8, /* 1; unit vector of wheel 0: spin is positive about it */
    ADCS_WHEEL0_AXIS_Z_BODY = 9, /* 1; unit vector of wheel 0: spin is positive about it */
    ADCS_WHEEL1_AXIS_X_BODY = 10, /* 1; unit vector of wheel 1: spin is positive about it */
    ADCS_WHEEL1_AXIS_Y_BODY = 11, /* 1; unit vector of wheel 1: spin is positive about it */
    ADCS_WHEEL1_AXIS_Z_BODY = 12, /* 1; unit vector of wheel 1: spin is positive about it */
    ADCS_WHEEL2_AXIS_X_BODY = 13, /* 1; unit vector of wheel 2: spin is positive about it */
    ADCS_WHEEL2_AXIS_Y_BODY = 14, /* 1; unit vector of wheel 2: spin is positive about it */
    ADCS_WHEEL2_AXIS_Z_BODY = 15, /* 1; unit vector of wheel 2: spin is positive about it */
    ADCS_WHEEL3_AXIS_X_BODY = 16, /* 1; unit vector of wheel 3: spin is positive about it */
    ADCS_WHEEL3_AXIS_Y_BODY = 17, /* 1; unit vector of wheel 3: spin is positive about it */
    ADCS_WHEEL3_AXIS_Z_BODY = 18, /* 1; unit vector of wheel 3: spin is positive about it */
    ADCS_WHEEL_TORQUE_MAX_NM = 19, /* N m; motor torque limit of a wheel */
    ADCS_WHEEL_SPEED_MAX_RAD_S = 20, /* rad/s; speed limit of a wheel */
    ADCS_WHEEL_SPIN_INERTIA_KG_M2 = 21, /* kg m2; of one rotor about its axis */
    ADCS_CONTROL_BANDWIDTH_RAD_S = 22, /* rad/s; natural frequency of the loop */
    ADCS_CONTROL_DAMPING = 23, /* 1; damping ratio of the loop */
    ADCS_SLEW_RATE_MAX_RAD_S = 24, /* rad/s; rate asked for by a large error */
    ADCS_COMMAND_DELAY_S = 25, /* s; from a sync's time until its command takes effect */
    ADCS_OBSERVER_BANDWIDTH_RAD_S = 26, /* rad/s; of the observer of rate and torque */
    ADCS_EXTERNAL_TORQUE_MAX_NM = 27, /* N m; most that the observer takes for external */
    ADCS_WHEEL_FRICTION_BANDWIDTH_RAD_S = 28, /* rad/s; of the estimate of its friction */
    ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S = 29, /* rad/sqrt(s); white noise of the rate; 0.15 deg/sqrt(h) */
    ADCS_GYRO_RATE_RANDOM_WALK_RAD_S_SQRT_S = 30, /* rad/s/sqrt(s); drift of the bias */
    ADCS_GYRO_BIAS_SIGMA_RAD_S = 31, /* rad/s; 1 sigma of the bias at switch-on */
    ADCS_STAR_TRACKER_SIGMA_RAD = 32, /* rad; 1 sigma across the boresight; 10 arcsec */
    ADCS_STAR_TRACKER_ROLL_SIGMA_RAD = 33, /* rad; 1 sigma about the boresight */
    ADCS_STAR_TRACKER_BORESIGHT_X_BODY = 34, /* 1; of star tracker 0, unit vector; others have the larger sigma about every axis */
    ADCS_STAR_TRACKER_BORESIGHT_Y_BODY = 35, /* 1; of star tracker 0, unit vector; others have the larger sigma about every axis */
    ADCS_STAR_TRACKER_BORESIGHT_Z_BODY = 36, /* 1; of star tracker 0, unit vector; others have the larger sigma about every axis */
    ADCS_STAR_TRACKER_GATE = 37, /* 1; largest squared Mahalanobis distance that is used; 30: 1 in 700 000 good ones is lost */
    ADCS_STAR_TRACKER_AGE_MAX_S = 38, /* s; how far the filter lags behind, waiting for late measurements */
    ADCS_ROD_DIPOLE_MAX_A_M2 = 39, /* A m2; limit along each body axis; 0: no rods */
    ADCS_COARSE_SUN_FULL_ADC = 40, /* 1; counts of a diode in full sun */
    ADCS_COARSE_SUN_LEAST = 41, /* 1; of full sun; less is taken for eclipse */
    ADCS_GYRO_SCALE_SIGMA = 42, /* 1; 1 sigma of scale errors and misalignment */
    ADCS_COARSE_SUN_SIGMA_RAD = 43, /* rad; 1 sigma of the Sun from the diodes */
    ADCS_FINE_SUN_SIGMA_RAD = 44, /* rad; 1 sigma of a fine sun sensor */
    ADCS_HORIZON_SIGMA_RAD = 45, /* rad; 1 sigma of a horizon sensor */
    ADCS_MAGNETOMETER_SIGMA_RAD = 46, /* rad; 1 sigma of the field's direction */
    ADCS_DIRECTION_GATE = 47, /* 1; as star_tracker_gate, for directions */
    ADCS_STAR_TRACKER_TIMEOUT_S = 48, /* s; blind for so long: directions are used */
    ADCS_EPOCH_DAY = 49, /* d; J2000 to the wire's time 0; 0: not known */
    ADCS_ALBEDO = 50, /* 1; of the Earth, in the light on the diodes */
    ADCS_ROD_ON_STEPS = 51, /* 1; rods on for so many steps at a time */
    ADCS_ROD_OFF_STEPS = 52, /* 1; and then off, the field measured at the last one */
    ADCS_DETUMBLE_GAIN_S = 53, /* 1/s; damping by the rods, over inertia */
    ADCS_ROD_RESOLUTION_A_M2 = 54, /* A m2; step of their driver; 0: fine enough */
    ADCS_MOMENTUM_GAIN_S = 55, /* 1/s; of the wheels, unloaded by the rods */
    ADCS_ROD_POINTING_RAD_S = 56, /* rad/s; of nadir by rods alone; 0: it needs wheels */
    ADCS_SUN_SPIN_RAD_S = 57, /* rad/s; about the sun axis, by rods alone */
    ADCS_AUTONOMY = 58, /* 1; 1: back to the commanded mode when all is quiet */
    ADCS_TUMBLE_RATE_RAD_S = 59, /* rad/s; faster is tumbling: rods stop it */
    ADCS_DETUMBLED_RATE_RAD_S = 60, /* rad/s; slower is quiet */
    ADCS_SAFE_DWELL_S = 61, /* s; quiet in sun_safe for so long: all is well */
    ADCS_SENSOR_TIMEOUT_S = 62, /* s; without a sample: reported as silent */
    ADCS_TEMPERATURE_MAX_K = 63, /* K; more is reported */
    ADCS_WHEEL_BIAS_RAD_S = 64, /* rad/s; speed of four wheels that turn and do nothing */
    ADCS_SUN_AXIS_X_BODY = 65, /* 1; unit vector that mode sun_safe turns to the Sun */
    ADCS_SUN_AXIS_Y_BODY = 66, /* 1; unit vector that mode sun_safe turns to the Sun */
    ADCS_SUN_AXIS_Z_BODY = 67, /* 1; unit vector that mode sun_safe turns to the Sun */
    ADCS_PAYLOAD_AXIS_X_BODY = 68, /* 1; unit vector that mode target points */
    ADCS_PAYLOAD_AXIS_Y_BODY = 69, /* 1; unit vector that mode target points */
    ADCS_PAYLOAD_AXIS_Z_BODY = 70, /* 1; unit vector that mode target points */
    ADCS_ANTENNA_AXIS_X_BODY = 71, /* 1; unit vector that mode station points */
    ADCS_ANTENNA_AXIS_Y_BODY = 72, /* 1; unit vector that mode station points */
    ADCS_ANTENNA_AXIS_Z_BODY = 73, /* 1; unit vector that mode station points */
    ADCS_GPS_POSITION_SIGMA_M = 74, /* m; 1 sigma an axis of a fix */
    ADCS_GPS_VELOCITY_SIGMA_M_S = 75, /* m/s; 1 sigma an axis of a fix */
    ADCS_ORBIT_RANDOM_WALK_M_S_SQRT_S = 76, /* m/s/sqrt(s); what gravity lacks */
    ADCS_ROD_REMANENCE_A_M2 = 77, /* A m2; that a rod keeps after twice as much; 0: none */
    ADCS_THRUSTER_COUNT = 78, /* 1; thrusters that exist */
    ADCS_THRUSTER0_TORQUE_X_BODY_NM = 79, /* N m; of thruster 0 while it is open, about the centre of mass */
    ADCS_THRUSTER0_TORQUE_Y_BODY_NM = 80, /* N m; of thruster 0 while it is open, about the centre of mass */
    ADCS_THRUSTER0_TORQUE_Z_BODY_NM = 81, /* N m; of thruster 0 while it is open, about the centre of mass */
    ADCS_THRUSTER1_TORQUE_X_BODY_NM = 82, /* N m; of thruster 1 while it is open, about the centre of mass */
    ADCS_THRUSTER1_TORQUE_Y_BODY_NM = 83, /* N m; of thruster 1 while it is open, about the centre of mass */
    ADCS_THRUSTER1_TORQUE_Z_BODY_NM = 84, /* N m; of thruster 1 while it is open, about the centre of mass */
    ADCS_THRUSTER2_TORQUE_X_BODY_NM = 85, /* N m; of thruster 2 while it is open, about the centre of mass */
    ADCS_THRUSTER2_TORQUE_Y_BODY_NM = 86, /* N m; of thruster 2 while it is open, about the centre of mass */
    ADCS_THRUSTER2_TORQUE_Z_BODY_NM = 87, /* N m; of thruster 2 while it is open, about the centre of mass */
    ADCS_THRUSTER3_TORQUE_X_BODY_NM = 88, /* N m; of thruster 3 while it is open, about the centre of mass */
    ADCS_THRUSTER3_TORQUE_Y_BODY_NM = 89, /* N m; of thruster 3 while it is open, about the centre of mass */
    ADCS_THRUSTER3_TORQUE_Z_BODY_NM = 90, /* N m; of thruster 3 while it is open, about the centre of mass */
    ADCS_THRUSTER4_TORQUE_X_BODY_NM = 91, /* N m; of thruster 4 while it is open, about the centre of mass */
    ADCS_THRUSTER4_TORQUE_Y_BODY_NM = 92, /* N m; of thruster 4 while it is open, about the centre of mass */
    ADCS_THRUSTER4_TORQUE_Z_BODY_NM = 93, /* N m; of thruster 4 while it is open, about the centre of mass */
    ADCS_THRUSTER5_TORQUE_X_BODY_NM = 94, /* N m; of thruster 5 while it is open, about the centre of mass */
    ADCS_THRUSTER5_TORQUE_Y_BODY_NM = 95, /* N m; of thruster 5 while it is open, about the centre of mass */
    ADCS_THRUSTER5_TORQUE_Z_BODY_NM = 96, /* N m; of thruster 5 while it is open, about the centre of mass */
    ADCS_THRUSTER6_TORQUE_X_BODY_NM = 97, /* N m; of thruster 6 while it is open, about the centre of mass */
    ADCS_THRUSTER6_TORQUE_Y_BODY_NM = 98, /* N m; of thruster 6 while it is open, about the centre of mass */
    ADCS_THRUSTER6_TORQUE_Z_BODY_NM = 99, /* N m; of thruster 6 while it is open, about the centre of mass */
    ADCS_THRUSTER7_TORQUE_X_BODY_NM = 100, /* N m; of thruster 7 while it is open, about the centre of mass */
    ADCS_THRUSTER7_TORQUE_Y_BODY_NM = 101, /* N m; of thruster 7 while it is open, about the centre of mass */
    ADCS_THRUSTER7_TORQUE_Z_BODY_NM = 102, /* N m; of thruster 7 while it is open, about the centre of mass */
    ADCS_THRUSTER_ON_TIME_MIN_S = 103, /* s; shortest that opens a valve */
    ADCS_THRUSTER_RESOLUTION_S = 104, /* s; on-times are a whole number of it */
    ADCS_UNLOAD_START_NMS = 105, /* N m s; more momentum: thrusters unload; 0: never */
    ADCS_UNLOAD_STOP_NMS = 106, /* N m s; less momentum: they have done */
    ADCS_UNLOAD_TORQUE_NM = 107, /* N m; at which they do it, on average */
    ADCS_SPIN_GAIN_S = 108, /* 1/s; of momentum and rate by rods alone */
    ADCS_DIRECTION_CORRELATION_S = 109, /* s; for so long a direction's error lasts */
    ADCS_STAR_TRACKER_ABERRATION = 110, /* 1; that star trackers leave in, taken out here; 0: none, 1: of the orbit, 2: all */
    ADCS_STAR_TRACKER_1_BORESIGHT_X_BODY = 111, /* 1; of star tracker 1, unit vector; 0, 0, 0: not known, its aberration stays in */
    ADCS_STAR_TRACKER_1_BORESIGHT_Y_BODY = 112, /* 1; of star tracker 1, unit vector; 0, 0, 0: not known, its aberration stays in */
    ADCS_STAR_TRACKER_1_BORESIGHT_Z_BODY = 113, /* 1; of star tracker 1, unit vector; 0, 0, 0: not known, its aberration stays in */
    ADCS_APPARENT_TARGETS = 114, /* 1; 1: points at where a target's light comes from; 0: at where it is */
    ADCS_SENSOR_REPEATS_MAX = 115, /* 1; a gyro or magnetometer that shows one value so often is taken for frozen; 0: never */
    ADCS_CENTRAL_BODY = 116, /* 1; 0: the Earth, 1: the Moon; before set_orbit */
    ADCS_KEEP_OUT_AXIS_X_BODY = 117, /* 1; unit vector that must not see what follows */
    ADCS_KEEP_OUT_AXIS_Y_BODY = 118, /* 1; unit vector that must not see what follows */
    ADCS_KEEP_OUT_AXIS_Z_BODY = 119, /* 1; unit vector that must not see what follows */
    ADCS_KEEP_OUT_SUN_RAD = 120, /* rad; from the Sun, in slews; 0: no such cone */
    ADCS_KEEP_OUT_MOON_RAD = 121, /* rad; from the Moon; in orbit about it, from the Earth */
    ADCS_KEEP_OUT_LIMB_RAD = 122, /* rad; from the planet's limb; 0: no such cone */
    ADCS_KEEP_OUT_VELOCITY_RAD = 123, /* rad; from the way it flies; 0: none */
    ADCS_KEEP_IN_AXIS_X_BODY = 124, /* 1; unit vector that must stay near the Sun */
    ADCS_KEEP_IN_AXIS_Y_BODY = 125, /* 1; unit vector that must stay near the Sun */
    ADCS_KEEP_IN_AXIS_Z_BODY = 126, /* 1; unit vector that must stay near the Sun */
    ADCS_KEEP_IN_SUN_RAD = 127, /* rad; from the Sun at most; 0: as it comes */
    ADCS_KEEP_OUT_MARGIN_RAD = 128, /* rad; that slews pass a cone's edge by */
    ADCS_FLEXIBLE_PERIOD_S = 129, /* s; of a mode of vibration that slews do not excite; 0: slews are not planned */
    ADCS_DIVERGENCE_MAX_RAD = 130, /* rad; by which the pointing error may grow for 20 s before it is safe mode; 0: for ever */
    ADCS_MASS_KG = 131, /* kg; of the spacecraft, which burns push */
    ADCS_THRUSTER0_FORCE_X_BODY_N = 132, /* N; of thruster 0 while it is open */
    ADCS_THRUSTER0_FORCE_Y_BODY_N = 133, /* N; of thruster 0 while it is open */
    ADCS_THRUSTER0_FORCE_Z_BODY_N = 134, /* N; of thruster 0 while it is open */
    ADCS_THRUSTER1_FORCE_X_BODY_N = 135, /* N; of thruster 1 while it is open */
    ADCS_THRUSTER1_FORCE_Y_BODY_N = 136, /* N; of thruster 1 while it is open */
    ADCS_THRUSTER1_FORCE_Z_BODY_N = 137, /* N; of thruster 1 while it is open */
    ADCS_THRUSTER2_FORCE_X_BODY_N = 138, /* N; of thruster 2 while it is open */
    ADCS_THRUSTER2_FORCE_Y_BODY_N = 139, /* N; of thruster 2 while it is open */
    ADCS_THRUSTER2_FORCE_Z_BODY_N = 140, /* N; of thruster 2 while it is open */
    ADCS_THRUSTER3_FORCE_X_BODY_N = 141, /* N; of thruster 3 while it is open */
    ADCS_THRUSTER3_FORCE_Y_BODY_N = 142, /* N; of thruster 3 while it is open */
    ADCS_THRUSTER3_FORCE_Z_BODY_N = 143, /* N; of thruster 3 while it is open */
    ADCS_THRUSTER4_FORCE_X_BODY_N = 144, /* N; of thruster 4 while it is open */
    ADCS_THRUSTER4_FORCE_Y_BODY_N = 145, /* N; of thruster 4 while it is open */
    ADCS_THRUSTER4_FORCE_Z_BODY_N = 146, /* N; of thruster 4 while it is open */
    ADCS_THRUSTER5_FORCE_X_BODY_N = 147, /* N; of thruster 5 while it is open */
    ADCS_THRUSTER5_FORCE_Y_BODY_N = 148, /* N; of thruster 5 while it is open */
    ADCS_THRUSTER5_FORCE_Z_BODY_N = 149, /* N; of thruster 5 while it is open */
    ADCS_THRUSTER6_FORCE_X_BODY_N = 150, /* N; of thruster 6 while it is open */
    ADCS_THRUSTER6_FORCE_Y_BODY_N = 151, /* N; of thruster 6 while it is open */
    ADCS_THRUSTER6_FORCE_Z_BODY_N = 152, /* N; of thruster 6 while it is open */
    ADCS_THRUSTER7_FORCE_X_BODY_N = 153, /* N; of thruster 7 while it is open */
    ADCS_THRUSTER7_FORCE_Y_BODY_N = 154, /* N; of thruster 7 while it is open */
    ADCS_THRUSTER7_FORCE_Z_BODY_N = 155, /* N; of thruster 7 while it is open */
    ADCS_CAMERA_FOLLOW = 156, /* 1; what the camera follows: 0 nothing, 1 ships, 2 fires, 3 both */
    ADCS_CAMERA_PIXEL_RAD = 157, /* rad; angle of a pixel in the middle */
    ADCS_CAMERA_UP_AXIS_X_BODY = 158, /* 1; direction that is up in pictures, across the payload_axis */
    ADCS_CAMERA_UP_AXIS_Y_BODY = 159, /* 1; direction that is up in pictures, across the payload_axis */
    ADCS_CAMERA_UP_AXIS_Z_BODY = 160, /* 1; direction that is up in pictures, across the payload_axis */
    ADCS_TELEMETRY = 161, /* 1; 1: message user each second */
    ADCS_CAMERA_ALIGNMENT_SIGMA_RAD = 162, /* rad; 1 sigma of camera against star tracker */
    ADCS_CAREFUL_SLEW_RATE_MAX_RAD_S = 163, /* rad/s; as slew_rate_max_rad_s, after a failure until the mode holds again */
    ADCS_CAMERA_SHIP_SPEED_M_S = 164, /* m/s; that a ship was seen to make before it is alerted; 0: it is alerted at once */
    ADCS_REFRACTION_LIFT_M = 165, /* m; by which air raises apparent targets seen from straight above: 2.34; 0: no air */
    ADCS_CAMERA_BAD_PIXELS = 166, /* 1; 1: hot and dead pixels are learnt and replaced; 0: not, as for blur below 0.4 pixels */
    ADCS_CAMERA_PLACE_SIGMA_M = 167, /* m; 1 sigma to which an alert waits for its place to be known; 0: it does not wait */
    ADCS_STAR_TRACKER_ALIGNMENT_SIGMA_RAD = 168, /* rad; 1 sigma of a star tracker against the body, that no average takes away; told */
    ADCS_PARAMETERS = 169
};

enum adcs_event {
    ADCS_EVENT_FRAMES_LOST = 1, /* warning: frames arrived that were no valid packet; value: so many since HELLO */
    ADCS_EVENT_SAMPLE_REJECTED = 2, /* warning: a sample was not finite or not plausible; value: message's APID */
    ADCS_EVENT_ATTITUDE_ACQUIRED = 3, /* info: the attitude filter started; value: 0 star tracker, 1 directions */
    ADCS_EVENT_ATTITUDE_LOST = 4, /* warning: the gate was shut too long: the filter restarts; value: rejected in a row; 0: neither gyro nor star tracker */
    ADCS_EVENT_STAR_TRACKER_OUTLIER = 5, /* warning: the gate refused a measurement; value: squared Mahalanobis distance */
    ADCS_EVENT_TIME_JUMPED = 6, /* warning: sync's time went back or far ahead: the filter restarts; value: s */
    ADCS_EVENT_ORBIT_LOST = 7, /* error: the propagated orbit left every possible range; value: 0 */
    ADCS_EVENT_MODE_ENTERED = 8, /* info: the mode changed; value: mode */
    ADCS_EVENT_STATE_IMPOSSIBLE = 9, /* error: an estimate was no number or beyond reason: filters restart; value: 0 */
    ADCS_EVENT_ORBIT_FROM_GPS = 10, /* info: the orbit was started from a fix; value: 0 */
    ADCS_EVENT_TUMBLING = 11, /* error: the body turned too fast: detumbling; value: rate in rad/s */
    ADCS_EVENT_MODE_GIVEN_UP = 12, /* error: what the mode needs was missing for too long: sun_safe; value: mode */
    ADCS_EVENT_WHEEL_STALLED = 13, /* error: a wheel did not turn and is out of service; value: wheel */
    ADCS_EVENT_SENSOR_SILENT = 14, /* warning: no usable sample for too long; value: device kind + 100 x instance */
    ADCS_EVENT_TOO_HOT = 15, /* error: a temperature is over its limit; value: thermometer */
    ADCS_EVENT_GPS_OUTLIER = 16, /* warning: the gate refused a fix; value: distance from the orbit in m */
    ADCS_EVENT_UNLOADING_BEGAN = 17, /* info: thrusters unload the wheels; value: momentum in N m s */
    ADCS_EVENT_UNLOADING_ENDED = 18, /* info: the wheels are unloaded; value: momentum in N m s */
    ADCS_EVENT_UNLOADING_FAILED = 19, /* error: it did not get less: no more until set_mode; value: momentum in N m s */
    ADCS_EVENT_TACHOMETER_FAILED = 20, /* warning: the body felt a wheel turn that it does not show; value: wheel */
    ADCS_EVENT_GPS_VELOCITY_OUTLIER = 21, /* warning: the gate refused a fix for its velocity; value: m/s */
    ADCS_EVENT_WHEEL_SATURATED = 22, /* warning: a wheel is at its speed limit and cannot go faster; value: wheel */
    ADCS_EVENT_WHEEL_UNSATURATED = 23, /* info: a wheel is below its speed limit again; value: wheel */
    ADCS_EVENT_WHEEL_LIMIT_LEARNT = 24, /* warning: a wheel would not go faster: its limit is lower than said; value: rad/s */
    ADCS_EVENT_MODE_REFUSED = 25, /* warning: nothing can drive it; value: 1 rate, 2 attitude, 3 orbit, 4 the Earth's orientation, 5 target, 6 attitude to hold, 7 field, 8 wheels about three axes, 9 positive definite inertia, 10 rods, 11 a burn */
    ADCS_EVENT_MODE_WAITS = 26, /* warning: what the mode lacks, ten seconds on or when it is given up; value: 1 rate, 2 attitude, 3 orbit, 4 the Earth's orientation, 5 target, 6 attitude to hold, 7 field, 8 wheels about three axes, 9 positive definite inertia, 10 rods, 11 a burn */
    ADCS_EVENT_FIELD_DOUBTED = 27, /* warning: the magnetometer is not believed for now; value: nT that its size is off */
    ADCS_EVENT_FIELD_TRUSTED = 28, /* info: the magnetometer's bias is learnt; value: nT of bias */
    ADCS_EVENT_EVENTS_LOST = 29, /* warning: more happened than can be told; value: so many since HELLO */
    ADCS_EVENT_SENSOR_FROZEN = 30, /* warning: it repeats one value: not used; value: device kind + 100 x instance */
    ADCS_EVENT_SENSOR_DOUBTED = 31, /* warning: it contradicts the others: not used; value: device kind + 100 x instance */
    ADCS_EVENT_SENSOR_TRUSTED = 32, /* info: it agrees with the others again: used; value: device kind + 100 x instance */
    ADCS_EVENT_SENSOR_SWITCHED = 33, /* warning: the unit used from now on; value: device kind + 100 x instance */
    ADCS_EVENT_WHEEL_RESTORED = 34, /* info: tried again, it obeys: in service; value: wheel */
    ADCS_EVENT_WHEELS_TWO = 35, /* error: two wheels and rods hold the pointing; value: wheel left out */
    ADCS_EVENT_POINTING_DIVERGED = 36, /* error: it grew while all else looked good: safe mode; value: error in deg */
    ADCS_EVENT_GYRO_OUTLIER = 37, /* warning: a sample contradicts the wheels' momentum; value: off by so many rad/s */
    ADCS_EVENT_PICTURE_LOST = 38, /* warning: its beginning or end did not arrive; value: number of the picture */
    ADCS_EVENT_PICTURE_PIECES_LOST = 39, /* warning: a picture came without them; value: so many */
    ADCS_EVENT_OBJECT_LOCKED = 40, /* info: the camera follows it: its place is the target's; value: its track */
    ADCS_EVENT_OBJECT_HIDDEN = 41, /* warning: it is not seen: its motion is followed blindly; value: its track */
    ADCS_EVENT_OBJECT_SEEN_AGAIN = 42, /* info: it is where its motion led; value: its track */
    ADCS_EVENT_OBJECT_LOST = 43, /* warning: not seen for too long: looked for where its motion led; value: its track */
    ADCS_EVENT_SEARCH_BEGAN = 44, /* warning: the camera looks beside the told place; value: s without a sight */
    ADCS_EVENT_GOAL_BARRED = 45, /* warning: what is pointed at is in a cone to keep out of: it holds; value: 0 */
    ADCS_EVENT_TACHOMETER_OUTLIER = 46, /* warning: a jump that the body did not feel; value: wheel */
    ADCS_EVENT_WHEEL_REVERSED = 47, /* warning: it turns against its commands: turned round; value: wheel */
    ADCS_EVENT_BURN_ENDED = 48, /* info: what was told is added to the velocity; value: m/s that are left */
    ADCS_EVENT_BURN_FAILED = 49, /* error: no thrusters push that way without turning; value: m/s that are left */
    ADCS_EVENT_RESTARTED = 50, /* warning: the computer booted in mid-mission; value: boots in this life */
    ADCS_EVENT_RESET_CAUSE = 51, /* warning: why it booted; value: 0 unknown, 1 power, 2 pin, 3 watchdog, 4 crash, 5 software */
    ADCS_EVENT_CRASHED_AT = 52, /* error: where it crashed before it booted; value: program counter, from the program's beginning */
    ADCS_EVENT_CRASHED_FROM = 53, /* error: whence the function was called that crashed; value: link register, from the program's beginning */
    ADCS_EVENT_CRASH_STATUS = 54, /* error: what kind of crash it was; value: the core's CFSR */
    ADCS_EVENT_CRASH_ADDRESS = 55, /* error: what was not to be reached; value: BFAR or MMFAR; 0: not known */
    ADCS_EVENT_STORE_FAILED = 56, /* error: what is to survive a restart could not be kept; value: so many */
    ADCS_EVENT_MEMORY_MENDED = 57, /* warning: a copy differed from its original: the right one is used; value: 0 parameters, 1 settings of the ground */
    ADCS_EVENT_MEMORY_LOST = 58, /* error: both copies are damaged: defaults; value: as memory_mended */
    ADCS_EVENT_ALERT_MADE = 59, /* info: what was recognised waits to be told; value: its number */
    ADCS_EVENT_ALERT_HEARD = 60, /* info: the ground has it; value: its number */
    ADCS_EVENT_FILE_DELIVERED = 61, /* info: the ground has it whole; value: transaction */
    ADCS_EVENT_FILE_REFUSED = 62, /* warning: the ground ended it without the file; value: transaction */
    ADCS_EVENT_FILE_GIVEN_UP = 63, /* warning: the ground did not answer; value: transaction */
    ADCS_EVENT_ROD_FAILED = 64, /* error: its dipole explains a torque that nobody commanded; value: body axis, from 0 */
    ADCS_EVENT_ROD_RESTORED = 65, /* info: that torque is gone; value: body axis, from 0 */
    ADCS_EVENT_WHEEL_NEAR_LIMIT = 66, /* warning: a wheel is near its speed limit: there is little room for more momentum; value: wheel */
    ADCS_EVENT_POINTING_TRADED = 67, /* warning: the wheels cannot hold it in the mode's attitude: it points beside, as far as needed; value: momentum in N m s */
    ADCS_EVENT_POINTING_REGAINED = 68, /* info: the wheels hold it in the mode's attitude; value: momentum in N m s */
    ADCS_EVENT_MOMENTUM_FULL = 69, /* error: the wheels cannot hold it in the mode's attitude or near it: safe mode; value: momentum in N m s */
    ADCS_EVENT_MOMENTUM_ALLOWS = 70, /* info: they can again: back to the mode; value: momentum in N m s */
    ADCS_EVENT_RATES_APART = 71, /* warning: over half a minute gyro and star tracker tell different turns: one of them drifts; value: by so many rad/s */
    ADCS_EVENT_RATES_AGREE = 72, /* info: they tell the same turn again; value: rad/s */
    ADCS_EVENT_BAD_PIXELS = 73, /* info: the camera's hot and dead pixels as far as they are known: others stand in their place; value: so many */
    ADCS_EVENT_STAR_TRACKERS_APART = 74, /* warning: two star trackers tell different attitudes, and it is not known yet which is wrong; value: by so many rad */
    ADCS_EVENT_CLOCK_JUMPED = 75, /* warning: sync's time moved on by more or less than the steps did: the time goes on as they do; value: s */
    ADCS_EVENT_WHEEL_FRICTION_HIGH = 76, /* warning: its friction is several times what it used to be; value: wheel */
    ADCS_EVENT_WHEEL_FRICTION_USUAL = 77, /* info: it is as before again; value: wheel */
    ADCS_EVENT_PICTURE_UNPLACED = 78, /* warning: the attitude at the exposure is not known: nothing in it has a place; value: s since its exposure; below 0: this very step took it */
};

/* X(code) of those that are told for each value by itself */
#define ADCS_EVENTS_BY_VALUE(X) \
    X(ADCS_EVENT_SAMPLE_REJECTED) \
    X(ADCS_EVENT_MODE_ENTERED) \
    X(ADCS_EVENT_WHEEL_STALLED) \
    X(ADCS_EVENT_SENSOR_SILENT) \
    X(ADCS_EVENT_TOO_HOT) \
    X(ADCS_EVENT_TACHOMETER_FAILED) \
    X(ADCS_EVENT_WHEEL_SATURATED) \
    X(ADCS_EVENT_WHEEL_UNSATURATED) \
    X(ADCS_EVENT_SENSOR_FROZEN) \
    X(ADCS_EVENT_SENSOR_DOUBTED) \
    X(ADCS_EVENT_SENSOR_TRUSTED) \
    X(ADCS_EVENT_SENSOR_SWITCHED) \
    X(ADCS_EVENT_WHEEL_RESTORED) \
    X(ADCS_EVENT_WHEELS_TWO) \
    X(ADCS_EVENT_TACHOMETER_OUTLIER) \
    X(ADCS_EVENT_WHEEL_REVERSED) \
    X(ADCS_EVENT_MEMORY_MENDED) \
    X(ADCS_EVENT_ALERT_MADE) \
    X(ADCS_EVENT_ALERT_HEARD) \
    X(ADCS_EVENT_ROD_FAILED) \
    X(ADCS_EVENT_ROD_RESTORED) \
    X(ADCS_EVENT_WHEEL_NEAR_LIMIT) \
    X(ADCS_EVENT_WHEEL_FRICTION_HIGH) \
    X(ADCS_EVENT_WHEEL_FRICTION_USUAL)

/* X(id, default, minimum, maximum) */
#define ADCS_PARAMETER_LIMITS(X) \
    X(ADCS_INERTIA_XX_BODY_KG_M2, 0.1f, 0.0001f, 100.0f) \
    X(ADCS_INERTIA_YY_BODY_KG_M2, 0.12f, 0.0001f, 100.0f) \
    X(ADCS_INERTIA_ZZ_BODY_KG_M2, 0.08f, 0.0001f, 100.0f) \
    X(ADCS_INERTIA_XY_BODY_KG_M2, 0.0f, -50.0f, 50.0f) \
    X(ADCS_INERTIA_XZ_BODY_KG_M2, 0.0f, -50.0f, 50.0f) \
    X(ADCS_INERTIA_YZ_BODY_KG_M2, 0.0f, -50.0f, 50.0f) \
    X(ADCS_WHEEL_COUNT, 3.0f, 0.0f, 4.0f) \
    X(ADCS_WHEEL0_AXIS_X_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL0_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL0_AXIS_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL1_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL1_AXIS_Y_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL1_AXIS_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL2_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL2_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL2_AXIS_Z_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL3_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL3_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL3_AXIS_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_WHEEL_TORQUE_MAX_NM, 0.004f, 1e-06f, 10.0f) \
    X(ADCS_WHEEL_SPEED_MAX_RAD_S, 600.0f, 1.0f, 100000.0f) \
    X(ADCS_WHEEL_SPIN_INERTIA_KG_M2, 2.4e-05f, 1e-08f, 1.0f) \
    X(ADCS_CONTROL_BANDWIDTH_RAD_S, 0.3f, 0.001f, 5.0f) \
    X(ADCS_CONTROL_DAMPING, 0.8f, 0.1f, 5.0f) \
    X(ADCS_SLEW_RATE_MAX_RAD_S, 0.035f, 0.0001f, 1.0f) \
    X(ADCS_COMMAND_DELAY_S, 0.02f, 0.0f, 1.0f) \
    X(ADCS_OBSERVER_BANDWIDTH_RAD_S, 0.4f, 0.01f, 20.0f) \
    X(ADCS_EXTERNAL_TORQUE_MAX_NM, 0.0001f, 0.0f, 1.0f) \
    X(ADCS_WHEEL_FRICTION_BANDWIDTH_RAD_S, 0.7f, 0.0f, 20.0f) \
    X(ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S, 4.4e-05f, 1e-09f, 0.1f) \
    X(ADCS_GYRO_RATE_RANDOM_WALK_RAD_S_SQRT_S, 1e-07f, 1e-12f, 0.1f) \
    X(ADCS_GYRO_BIAS_SIGMA_RAD_S, 0.001f, 1e-09f, 1.0f) \
    X(ADCS_STAR_TRACKER_SIGMA_RAD, 4.85e-05f, 1e-06f, 0.1f) \
    X(ADCS_STAR_TRACKER_ROLL_SIGMA_RAD, 4.85e-05f, 1e-06f, 0.1f) \
    X(ADCS_STAR_TRACKER_BORESIGHT_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_STAR_TRACKER_BORESIGHT_Y_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_STAR_TRACKER_BORESIGHT_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_STAR_TRACKER_GATE, 30.0f, 1.0f, 1000000.0f) \
    X(ADCS_STAR_TRACKER_AGE_MAX_S, 0.5f, 0.0f, 1.0f) \
    X(ADCS_ROD_DIPOLE_MAX_A_M2, 0.2f, 0.0f, 100.0f) \
    X(ADCS_COARSE_SUN_FULL_ADC, 3500.0f, 1.0f, 4095.0f) \
    X(ADCS_COARSE_SUN_LEAST, 0.4f, 0.01f, 1.0f) \
    X(ADCS_GYRO_SCALE_SIGMA, 0.0005f, 0.0f, 0.1f) \
    X(ADCS_COARSE_SUN_SIGMA_RAD, 0.1f, 0.0001f, 3.0f) \
    X(ADCS_FINE_SUN_SIGMA_RAD, 0.01f, 1e-05f, 3.0f) \
    X(ADCS_HORIZON_SIGMA_RAD, 0.02f, 1e-05f, 3.0f) \
    X(ADCS_MAGNETOMETER_SIGMA_RAD, 0.02f, 0.0001f, 3.0f) \
    X(ADCS_DIRECTION_GATE, 30.0f, 1.0f, 1000000.0f) \
    X(ADCS_STAR_TRACKER_TIMEOUT_S, 300.0f, 0.0f, 100000.0f) \
    X(ADCS_EPOCH_DAY, 0.0f, -36525.0f, 36525.0f) \
    X(ADCS_ALBEDO, 0.0f, 0.0f, 1.0f) \
    X(ADCS_ROD_ON_STEPS, 3.0f, 1.0f, 1000.0f) \
    X(ADCS_ROD_OFF_STEPS, 0.0f, 0.0f, 1000.0f) \
    X(ADCS_DETUMBLE_GAIN_S, 0.004f, 1e-06f, 1.0f) \
    X(ADCS_ROD_RESOLUTION_A_M2, 0.0f, 0.0f, 10.0f) \
    X(ADCS_MOMENTUM_GAIN_S, 0.002f, 0.0f, 1.0f) \
    X(ADCS_ROD_POINTING_RAD_S, 0.0f, 0.0f, 0.1f) \
    X(ADCS_SUN_SPIN_RAD_S, 0.06f, 0.0001f, 1.0f) \
    X(ADCS_AUTONOMY, 0.0f, 0.0f, 1.0f) \
    X(ADCS_TUMBLE_RATE_RAD_S, 0.08f, 0.001f, 10.0f) \
    X(ADCS_DETUMBLED_RATE_RAD_S, 0.01f, 0.0001f, 10.0f) \
    X(ADCS_SAFE_DWELL_S, 120.0f, 0.0f, 100000.0f) \
    X(ADCS_SENSOR_TIMEOUT_S, 5.0f, 0.1f, 100000.0f) \
    X(ADCS_TEMPERATURE_MAX_K, 358.0f, 1.0f, 1000.0f) \
    X(ADCS_WHEEL_BIAS_RAD_S, 0.0f, -10000.0f, 10000.0f) \
    X(ADCS_SUN_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_SUN_AXIS_Y_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_SUN_AXIS_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_PAYLOAD_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_PAYLOAD_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_PAYLOAD_AXIS_Z_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_ANTENNA_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_ANTENNA_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_ANTENNA_AXIS_Z_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_GPS_POSITION_SIGMA_M, 5.0f, 0.01f, 100000.0f) \
    X(ADCS_GPS_VELOCITY_SIGMA_M_S, 0.1f, 0.0001f, 1000.0f) \
    X(ADCS_ORBIT_RANDOM_WALK_M_S_SQRT_S, 0.0005f, 1e-06f, 10.0f) \
    X(ADCS_ROD_REMANENCE_A_M2, 0.0f, 0.0f, 1.0f) \
    X(ADCS_THRUSTER_COUNT, 0.0f, 0.0f, 8.0f) \
    X(ADCS_THRUSTER0_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER0_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER0_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER1_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER1_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER1_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER2_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER2_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER2_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER3_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER3_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER3_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER4_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER4_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER4_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER5_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER5_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER5_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER6_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER6_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER6_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER7_TORQUE_X_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER7_TORQUE_Y_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER7_TORQUE_Z_BODY_NM, 0.0f, -10.0f, 10.0f) \
    X(ADCS_THRUSTER_ON_TIME_MIN_S, 0.01f, 0.0001f, 1.0f) \
    X(ADCS_THRUSTER_RESOLUTION_S, 0.001f, 1e-06f, 1.0f) \
    X(ADCS_UNLOAD_START_NMS, 0.0f, 0.0f, 1000.0f) \
    X(ADCS_UNLOAD_STOP_NMS, 0.0f, 0.0f, 1000.0f) \
    X(ADCS_UNLOAD_TORQUE_NM, 0.0001f, 1e-07f, 1.0f) \
    X(ADCS_SPIN_GAIN_S, 0.01f, 1e-06f, 1.0f) \
    X(ADCS_DIRECTION_CORRELATION_S, 30.0f, 0.0f, 100000.0f) \
    X(ADCS_STAR_TRACKER_ABERRATION, 0.0f, 0.0f, 2.0f) \
    X(ADCS_STAR_TRACKER_1_BORESIGHT_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_STAR_TRACKER_1_BORESIGHT_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_STAR_TRACKER_1_BORESIGHT_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_APPARENT_TARGETS, 0.0f, 0.0f, 1.0f) \
    X(ADCS_SENSOR_REPEATS_MAX, 50.0f, 0.0f, 10000.0f) \
    X(ADCS_CENTRAL_BODY, 0.0f, 0.0f, 1.0f) \
    X(ADCS_KEEP_OUT_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_KEEP_OUT_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_KEEP_OUT_AXIS_Z_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_KEEP_OUT_SUN_RAD, 0.0f, 0.0f, 3.0f) \
    X(ADCS_KEEP_OUT_MOON_RAD, 0.0f, 0.0f, 3.0f) \
    X(ADCS_KEEP_OUT_LIMB_RAD, 0.0f, 0.0f, 3.0f) \
    X(ADCS_KEEP_OUT_VELOCITY_RAD, 0.0f, 0.0f, 3.0f) \
    X(ADCS_KEEP_IN_AXIS_X_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_KEEP_IN_AXIS_Y_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_KEEP_IN_AXIS_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_KEEP_IN_SUN_RAD, 0.0f, 0.0f, 3.1f) \
    X(ADCS_KEEP_OUT_MARGIN_RAD, 0.1f, 0.0f, 1.0f) \
    X(ADCS_FLEXIBLE_PERIOD_S, 0.0f, 0.0f, 60.0f) \
    X(ADCS_DIVERGENCE_MAX_RAD, 0.5f, 0.0f, 3.2f) \
    X(ADCS_MASS_KG, 10.0f, 0.01f, 100000.0f) \
    X(ADCS_THRUSTER0_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER0_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER0_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER1_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER1_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER1_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER2_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER2_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER2_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER3_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER3_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER3_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER4_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER4_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER4_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER5_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER5_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER5_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER6_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER6_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER6_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER7_FORCE_X_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER7_FORCE_Y_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_THRUSTER7_FORCE_Z_BODY_N, 0.0f, -50.0f, 50.0f) \
    X(ADCS_CAMERA_FOLLOW, 0.0f, 0.0f, 3.0f) \
    X(ADCS_CAMERA_PIXEL_RAD, 8.7e-05f, 1e-07f, 0.1f) \
    X(ADCS_CAMERA_UP_AXIS_X_BODY, 1.0f, -1.0f, 1.0f) \
    X(ADCS_CAMERA_UP_AXIS_Y_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_CAMERA_UP_AXIS_Z_BODY, 0.0f, -1.0f, 1.0f) \
    X(ADCS_TELEMETRY, 0.0f, 0.0f, 1.0f) \
    X(ADCS_CAMERA_ALIGNMENT_SIGMA_RAD, 2.5e-05f, 0.0f, 0.1f) \
    X(ADCS_CAREFUL_SLEW_RATE_MAX_RAD_S, 0.015f, 0.0001f, 1.0f) \
    X(ADCS_CAMERA_SHIP_SPEED_M_S, 0.0f, 0.0f, 50.0f) \
    X(ADCS_REFRACTION_LIFT_M, 0.0f, 0.0f, 5.0f) \
    X(ADCS_CAMERA_BAD_PIXELS, 1.0f, 0.0f, 1.0f) \
    X(ADCS_CAMERA_PLACE_SIGMA_M, 0.0f, 0.0f, 100000.0f) \
    X(ADCS_STAR_TRACKER_ALIGNMENT_SIGMA_RAD, 0.0f, 0.0f, 0.1f)

#endif
