/* The modes as a table: what a mode needs, and what it commands. A new mode is a new row. */
#ifndef ADCS_MODES_H
#define ADCS_MODES_H

#include "vec3.h"

struct adcs;

/* What a mode asks of the actuators. */
struct mode_demand {
    struct vec3 torque_body_Nm;   /* that the wheels shall make */
    struct vec3 dipole_body_A_m2; /* of the rods */
};

struct mode {
    unsigned id;                               /* HIL_MODE_... of the wire */
    bool wheels;                               /* drives them; else their motors are off */
    bool (*ready)(const struct adcs *adcs);    /* everything that it needs is known */
    struct mode_demand (*demand)(const struct adcs *adcs);
};

/* The mode of this number, or NULL when there is none. Idle is 0 and always ready. */
const struct mode *mode_find(unsigned id);

#endif
