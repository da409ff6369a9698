/* NovAtel OEM7 receiver: position and velocity out of its BESTXYZ logs. */
#ifndef DEVICE_OEM7_H
#define DEVICE_OEM7_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"

#define OEM7_MOST 256u /* octets of a log; longer ones are passed over */

struct oem7_fix {
    bool valid;                 /* the two below are */
    float position_ecef_m[3];   /* to half a metre */
    float velocity_ecef_m_s[3];
    bool time_known;
    uint16_t week; /* GPS */
    uint32_t ms;   /* of the week */
};

struct oem7 {
    uint8_t buffer[OEM7_MOST];
    size_t size;
    struct oem7_fix fix; /* the last one */
    uint32_t refused;    /* logs with a wrong checksum */
};

/* Ask for a BESTXYZ each second, and for nothing else. To be asked again when none comes for some seconds. */
void oem7_start(const struct device_line *line);

/* Take the next octet; true when `fix` is new. Begin with zeros. */
bool oem7_take(struct oem7 *receiver, uint8_t octet);

#endif
