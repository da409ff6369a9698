/* Where on the ground a thing in a picture is, and how well that is known. */
#include <string.h>

#include "check.h"
#include "flight_handlers.h"
#include "hil_messages.h"
#include "told_place.h"
#include "wire.h"

static struct adcs adcs;

/* A turn by a small angle about any axis across the line of sight moves a place by angle times range across it, and along
 * the ground by that over the sine of the elevation: the errors of place of 1e-4 rad of attitude and 2e-4 rad of alignment.
 * Seen from 600 km above and (-500, 300) km east and north, each attitude axis in its turn the worst known. */
static void test_how_well_a_sighted_place_is_known(void)
{
    const double east = 500e3, north = -300e3, up = -600e3, level = hypot(east, north);
    const double range2 = level * level + up * up, across = (1e-8 + 4e-8) * range2, along = across * range2 / (up * up);
    const double along2 = east * east / (level * level), slanted = east * north / (level * level);
    for (unsigned axis = 0; axis < 3; axis++) {
        adcs = above_the_told_place(0.0f);
        (void)adcs_parameters_set(&adcs.parameters, ADCS_CAMERA_ALIGNMENT_SIGMA_RAD, 2e-4f);
        const float best = 1e-10f;
        const struct vec3 sharp = v3(axis == 0 ? 1e-8f : best, axis == 1 ? 1e-8f : best, axis == 2 ? 1e-8f : best);
        adcs.attitude.filter.attitude_rad2 = (struct mat3){v3(sharp.x, 0, 0), v3(0, sharp.y, 0), v3(0, 0, sharp.z)};
        adcs.last_time = adcs.attitude.filter_time = adcs.sight.picture_time = 1 << 24;
        adcs.earth = (struct earth){true, 1 << 24, {0.0f, 0.0f, 0.0f, 1.0f}};
        adcs.sight.told = adcs.target[HIL_SLOT_TARGET];
        adcs.sight.kept = 1;
        adcs.sight.history[0] = moment_at(1 << 24);
        adcs.sight.history[0].position_eci_m = v3(RADIUS_M - (float)up, (float)-east, (float)-north);
        adcs.sight.tracker.track[0] = (struct track){.id = 1, .seen = 3, .x_m = 70.0f, .y_m = -40.0f,
                                                     .place_m2 = {900.0f, 50.0f, 50.0f, 400.0f},
                                                     .votes = {[HIL_SIGHT_SHIP] = 200.0f}};
        struct sighted seen;
        CHECK(sight_confirmed(&adcs, 1, &seen));
        CHECK_NEAR(seen.position_ecef_m.y, 70.0, 0.5);
        CHECK_NEAR(seen.position_ecef_m.z, -40.0, 0.5);
        CHECK_NEAR(seen.east_m2, 900.0 + across + (along - across) * along2, 1e-3 * along);
        CHECK_NEAR(seen.north_m2, 400.0 + across + (along - across) * (1.0 - along2), 1e-3 * along);
        CHECK_NEAR(seen.east_north_m2, 50.0 + (along - across) * slanted, 1e-3 * along);
        adcs.sight.tracker.track[0].seen = 2;
        CHECK(!sight_confirmed(&adcs, 1, &seen)); /* it may be of nothing yet */
    }
}

/* A spot of light in pixel (100, 40) of 160 by 120 lies 20.5 pixels right of the middle and 19.5 above it: east and north of
 * the told place by so many pixels' angles, seen straight from above. The track that waits there takes it. */
static void test_what_a_pixel_shows_lies_where_the_camera_looks(void)
{
    static struct wire wire;
    adcs = above_the_told_place(0.0f);
    wire_start(&wire);
    adcs.last_time = 1 << 24;
    adcs.earth = (struct earth){true, 1 << 24, {0.0f, 0.0f, 0.0f, 1.0f}};
    adcs.sight.kept = 1;
    adcs.sight.history[0] = moment_at(1 << 24);
    const double pixel_m = (double)adcs.parameters.value[ADCS_CAMERA_PIXEL_RAD] * (double)ABOVE_M;
    adcs.sight.told = adcs.target[HIL_SLOT_TARGET];
    adcs.sight.had_picture = true;
    adcs.sight.picture_time = 1 << 24;
    adcs.sight.tracker.track[0] = (struct track){.id = 1, .seen = 9, .brightness = 2000.0f,
                                                 .x_m = (float)(24.0 * pixel_m), .y_m = (float)(16.0 * pixel_m)};
    adcs.sight.tracker.track[0].place_m2 = m2_diagonal((float)(25.0 * pixel_m * pixel_m));
    wire.flight.adcs = adcs;
    struct flight_camera *camera = &wire.flight.camera;
    CHECK(frame_begin(&camera->frame, 3, 160, 120, 12));
    memset(camera->frame.has, 0xFF, sizeof camera->frame.has);
    struct random random = {3};
    for (unsigned i = 0; i < 160u * 120u; i++) {
        frame_set_pixel(&camera->frame, i, (uint16_t)(600u + random_below(&random, 21)));
    }
    frame_set_pixel(&camera->frame, 40u * 160u + 100u, 2500);
    camera->whole = true;
    camera->time = 1 << 24;
    flight_camera_step(&wire.flight, 1 << 24);
    const struct track *track = &wire.flight.adcs.sight.tracker.track[0];
    CHECK(camera->detections.count == 1 && track->seen == 10);
    CHECK_NEAR(track->x_m, 20.5 * pixel_m, 0.5 * pixel_m);
    CHECK_NEAR(track->y_m, 19.5 * pixel_m, 0.5 * pixel_m);
}

void test_sighted(void)
{
    test_how_well_a_sighted_place_is_known();
    test_what_a_pixel_shows_lies_where_the_camera_looks();
}
