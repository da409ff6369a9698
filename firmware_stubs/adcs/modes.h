/* The modes as a table: what a mode needs, and what it commands. A new mode is a new row. */
#ifndef ADCS_MODES_H
#define ADCS_MODES_H

#include "parameters.h"

struct adcs;

/* What a mode asks of the actuators. */
struct mode_demand {
    struct vec3 torque_body_Nm;   /* that the wheels shall make; where they cannot, the rods as far as the field lets them */
    struct vec3 dipole_body_A_m2; /* of the rods, from a mode that drives nothing else */
};

enum mode_drive {
    MODE_DRIVES_NOTHING,
    MODE_DRIVES_RODS,
    MODE_DRIVES_WHEELS,        /* and the rods unload them */
    MODE_DRIVES_WHEELS_OR_RODS /* rods where there are no wheels */
};

struct mode {
    unsigned id; /* HIL_MODE_... of the wire */
    enum mode_drive drive;
    bool (*ready)(const struct adcs *adcs); /* everything that it needs is known */
    struct mode_demand (*demand)(const struct adcs *adcs);
};

/* By the parameters: there is what the mode drives. */
bool mode_possible(const struct mode *mode, const struct adcs_parameters *parameters);

/* The mode of this number, or NULL when there is none. Idle is 0 and always ready. */
const struct mode *mode_find(unsigned id);

#endif
