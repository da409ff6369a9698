#include "track_filter.h"

void track_predict(struct track *track, float dt_s, float acceleration_m_s2)
{
    const float q = acceleration_m_s2 * acceleration_m_s2, dt2 = dt_s * dt_s;
    const struct mat2 cross = m2_add_scaled(track->place_rate_m2_s, 1.0f, m2_transpose(track->place_rate_m2_s));
    track->x_m += dt_s * track->vx_m_s;
    track->y_m += dt_s * track->vy_m_s;
    track->place_m2 = m2_add_scaled(track->place_m2, dt_s, cross);
    track->place_m2 = m2_add_scaled(track->place_m2, dt2, track->rate_m2_s2);
    track->place_m2 = m2_add_scaled(track->place_m2, 0.25f * q * dt2 * dt2, m2_diagonal(1.0f));
    track->place_rate_m2_s = m2_add_scaled(track->place_rate_m2_s, dt_s, track->rate_m2_s2);
    track->place_rate_m2_s = m2_add_scaled(track->place_rate_m2_s, 0.5f * q * dt2 * dt_s, m2_diagonal(1.0f));
    track->rate_m2_s2 = m2_add_scaled(track->rate_m2_s2, q * dt2, m2_diagonal(1.0f));
}

void track_correct(struct track *track, const struct track_point *point)
{
    const struct mat2 weight = m2_inverse(m2_add_scaled(track->place_m2, 1.0f, point->place_m2));
    const struct mat2 gain = m2_times(track->place_m2, weight);
    const struct mat2 rate_gain = m2_times(m2_transpose(track->place_rate_m2_s), weight);
    const float dx = point->x_m - track->x_m, dy = point->y_m - track->y_m;
    track->x_m += gain.xx * dx + gain.xy * dy;
    track->y_m += gain.yx * dx + gain.yy * dy;
    track->vx_m_s += rate_gain.xx * dx + rate_gain.xy * dy;
    track->vy_m_s += rate_gain.yx * dx + rate_gain.yy * dy;
    track->rate_m2_s2 =
        m2_symmetric(m2_add_scaled(track->rate_m2_s2, -1.0f, m2_times(rate_gain, track->place_rate_m2_s)));
    track->place_rate_m2_s =
        m2_add_scaled(track->place_rate_m2_s, -1.0f, m2_times(gain, track->place_rate_m2_s));
    track->place_m2 = m2_symmetric(m2_add_scaled(track->place_m2, -1.0f, m2_times(gain, track->place_m2)));
}

static float squared_by(struct mat2 covariance, float dx, float dy)
{
    const struct mat2 weight = m2_inverse(covariance);
    return dx * (weight.xx * dx + weight.xy * dy) + dy * (weight.yx * dx + weight.yy * dy);
}

/* Of what is 1 and more; each halving is ln 2, the rest by the first terms of 2 artanh. Good to 1e-4. */
static float logarithm(float x)
{
    float whole = 0.0f;
    for (unsigned i = 0; i < 64u && x > 1.5f; i++) {
        x *= 0.5f;
        whole += 0.693147181f;
    }
    const float z = (x - 1.0f) / (x + 1.0f), z2 = z * z;
    return whole + 2.0f * z * (1.0f + z2 * (1.0f / 3.0f + z2 * 0.2f));
}

float track_distance2(const struct track *track, const struct track_point *point, float *likelihood_cost)
{
    const struct mat2 sum = m2_add_scaled(track->place_m2, 1.0f, point->place_m2);
    const float distance2 = squared_by(sum, point->x_m - track->x_m, point->y_m - track->y_m);
    *likelihood_cost = distance2 + logarithm(m2_determinant(sum) / m2_determinant(point->place_m2));
    return distance2;
}

float track_apart2(const struct track *a, const struct track *b)
{
    return squared_by(m2_add_scaled(a->place_m2, 1.0f, b->place_m2), a->x_m - b->x_m, a->y_m - b->y_m);
}
