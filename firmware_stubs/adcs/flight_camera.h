/* The camera's side of the flight software: pictures off the line, what is found in them to the ground. */
#ifndef FLIGHT_CAMERA_H
#define FLIGHT_CAMERA_H

#include "bad_pixels.h"
#include "classify.h"
#include "sight.h"
#include "ticks.h"

struct flight_camera {
    struct frame frame;
    adcs_ticks time; /* of the picture that is being put together */
    bool whole;      /* no more of it will come: it waits for the next control step */
    bool missed;     /* pieces came of a picture that was not announced, this one: */
    uint16_t missed_number;
    struct bad_pixels bad;
    struct detect_work work;
    struct detections detections;
};

/* The boot state. */
void flight_camera_reset(struct flight_camera *camera);

#endif
