/* The modes as a table: what a mode needs, and what it commands. A new mode is a new row. */
#ifndef ADCS_MODES_H
#define ADCS_MODES_H

#include "guidance.h"
#include "parameters.h"

struct adcs;

/* What a mode asks of the actuators. */
struct mode_demand {
    bool follows;                 /* the next one, which the wheels' torque is made of */
    struct guidance guidance;
    struct vec3 torque_body_Nm;   /* that the wheels shall make; where they cannot, the rods as far as the field lets them */
    struct vec3 dipole_body_A_m2; /* of the rods, from a mode that drives nothing else */
};

enum mode_drive {
    MODE_DRIVES_NOTHING,
    MODE_DRIVES_RODS,
    MODE_DRIVES_WHEELS,        /* and the rods unload them */
    MODE_DRIVES_WHEELS_OR_RODS, /* rods where there are no wheels */
    MODE_POINTS_BY_RODS_TOO     /* likewise, where the parameters tell of it */
};

/* What a mode can lack; the numbers are those of the events mode_refused and mode_waits. */
enum mode_lack {
    MODE_LACKS_NOTHING,
    MODE_LACKS_RATE,
    MODE_LACKS_ATTITUDE,
    MODE_LACKS_ORBIT,
    MODE_LACKS_EARTH,
    MODE_LACKS_TARGET,
    MODE_LACKS_ATTITUDE_TO_HOLD,
    MODE_LACKS_FIELD,
    MODE_LACKS_WHEELS,
    MODE_LACKS_INERTIA,
    MODE_LACKS_RODS,
    MODE_LACKS_BURN
};

struct mode {
    unsigned id; /* HIL_MODE_... of the wire */
    enum mode_drive drive;
    enum mode_lack (*lacks)(const struct adcs *adcs); /* the first thing that it needs and is not known */
    struct mode_demand (*demand)(const struct adcs *adcs);
};

/* By the parameters: what the mode drives and is not there. */
enum mode_lack mode_obstacle(const struct mode *mode, const struct adcs_parameters *parameters);

/* Whether rods alone point the body in this mode: no wheels hold it. */
bool mode_points_by_rods(const struct mode *mode, const struct adcs_parameters *parameters);

/* What keeps the mode from being in force now, obstacles first. */
enum mode_lack mode_lacks(const struct mode *mode, const struct adcs *adcs);

/* The rods' field is a magnetometer's that is not believed: what is across it is not known. */
bool rods_are_misled(const struct adcs *adcs);

/* The mode of this number, or NULL when there is none. Idle is 0 and always ready. */
const struct mode *mode_find(unsigned id);

#endif
