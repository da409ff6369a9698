/* The Kalman filter of a track: two dimensions, constant velocity, an acceleration that is another one in each interval
 * (Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and Navigation, 2001, section 6.3.2). A point's
 * error is not the same in all directions: who looks along the ground sees badly how far off things are. */
#ifndef VISION_TRACK_FILTER_H
#define VISION_TRACK_FILTER_H

#include "track.h"

/* Go on by dt_s with an acceleration of this sigma an axis. */
void track_predict(struct track *track, float dt_s, float acceleration_m_s2);

/* Take a point that is the track's. */
void track_correct(struct track *track, const struct track_point *point);

/* How far a point is from a track: squared, in sigmas of both together. The cost of its likelihood adds the logarithm of the
 * determinant of their covariance against the point's own. */
float track_distance2(const struct track *track, const struct track_point *point, float *likelihood_cost);

/* The same of two tracks. */
float track_apart2(const struct track *a, const struct track *b);

#endif
