/* The line of sight closed by the camera: places in a picture become places on the ground, tracks of them, and the target
 * that mode `target` looks at in place of the one that was told. */
#ifndef ADCS_SIGHT_H
#define ADCS_SIGHT_H

#include "orbit.h"
#include "quat.h"
#include "target.h"
#include "track.h"

#define SIGHT_HISTORY 16u

struct adcs;

/* The attitude at a control step, and the orbit then. */
struct sight_moment {
    adcs_ticks time;
    struct quat q_eci_from_body;
    struct vec3 position_eci_m, position_low_m, velocity_eci_m_s;
};

/* All zero at boot. */
struct sight {
    struct sight_moment history[SIGHT_HISTORY];
    unsigned next; /* place of the next moment; */
    unsigned kept; /* how many there are */
    struct sight_moment taken; /* of the picture that comes in: its pieces may take longer than the history lasts */
    bool unplaced;             /* it was told that pictures come without such a moment */
    struct tracker tracker;
    adcs_ticks picture_time; /* of the picture before, if there was one */
    bool had_picture;
    struct target told; /* to which the tracks belong */
    uint16_t locked;    /* number of the track that is followed, or 0 */
    unsigned chosen;    /* pictures in which something was followed; in the first ones it may become another thing */
    bool hidden;        /* it was not seen in the last pictures, */
    bool lost;          /* nor for so long that it was reported as lost */
    float unseen_s;     /* since the told place came into view, without anything to follow */
    unsigned looked;    /* steps of the search pattern so far */
    bool active;        /* the next one stands in for the told target */
    struct target target;
};

/* Note the attitude of the control step that has just been made. */
void sight_remember(struct sight *sight, const struct adcs *adcs);

/* Keep the moment of a picture that comes in. */
void sight_keep(struct sight *sight, adcs_ticks time);

/* A point of a picture, before it has a place: a direction in the camera, of length 1 along the boresight. */
struct sight_point {
    float right, down;
    uint8_t kind, confidence;
    float brightness;
    uint16_t track; /* out */
};

/* Take what was found in a picture of a time. Events tell what becomes of it. */
void sight_picture(struct adcs *adcs, adcs_ticks time, struct sight_point *points, unsigned n);

/* Where a track was at the time of the last picture, and how well that is known. */
struct sighted {
    uint8_t kind, confidence; /* what it is taken for, and of 255 how surely */
    struct vec3 position_ecef_m;
    float height_m;                         /* of the level that it was seen on, which is the told place's */
    float east_m2, north_m2, east_north_m2; /* covariance on the ground */
};

/* The track of this number, if it was seen often enough and is of a kind that is followed. False else. */
bool sight_confirmed(const struct adcs *adcs, uint16_t id, struct sighted *seen);

/* Whether a place is known as well as parameter camera_place_sigma_m wants it, in the worst of all directions. From low
 * above the horizon it is not. */
bool sighted_well(const struct adcs *adcs, const struct sighted *seen);

#endif
