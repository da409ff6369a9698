/* How the flight software and its machine fare: message housekeeping, once a second. */
#include "flight_handlers.h"

bool flight_housekeeping_is_due(struct flight *flight, adcs_ticks now)
{
    if (flight->housekept && now >= flight->housekeeping_time && now - flight->housekeeping_time < ADCS_TICKS_PER_SECOND) {
        return false;
    }
    flight->housekept = true;
    flight->housekeeping_time = now;
    return true;
}

static void store_sigma(const struct mat3 *covariance, float sigma[3])
{
    const float variance[3] = {covariance->x.x, covariance->y.y, covariance->z.z};
    for (int i = 0; i < 3; i++) {
        const float root = adcs_sqrt(adcs_clamp(variance[i], 0.0f, 1e30f));
        sigma[i] = adcs_finite(root) ? root : 0.0f;
    }
}

static uint16_t up_to_u16(uint32_t count)
{
    return (uint16_t)(count < UINT16_MAX ? count : UINT16_MAX);
}

static void store_refused(const struct hil_link *link, hil_housekeeping *message)
{
    const struct hil_frame_counts *counts = &link->deframer.counts;
    message->crc_errors = up_to_u16(counts->crc);
    message->broken_frames = up_to_u16(counts->cobs + counts->runt + counts->header);
    message->overlong_frames = up_to_u16(counts->overlong);
    message->unknown_packets = up_to_u16(link->unknown);
}

static void store_machine(const struct flight_board *board, hil_housekeeping *message)
{
    message->stack_used_max = board->stack_used_max(board->context);
    message->watchdog_resets = board->watchdog_resets(board->context);
    message->line_errors = board->line_errors != NULL ? board->line_errors(board->context) : 0;
    message->unread_octets_max = board->unread_octets_max != NULL ? board->unread_octets_max(board->context) : 0;
    if (board->clock != NULL) {
        const struct flight_clock clock = board->clock(board->context);
        message->clock_source = clock.source;
        message->clock_MHz = clock.MHz;
    }
}

void flight_send_housekeeping(struct flight *flight, adcs_ticks now)
{
    const struct flight_board *board = flight->board;
    hil_housekeeping message = {.cpu_time_ns = flight->timing.told_ns, .cpu_time_max_ns = flight->timing.longest_ns};
    const float alignment = flight->adcs.parameters.value[ADCS_STAR_TRACKER_ALIGNMENT_SIGMA_RAD];
    const struct mat3 attitude_rad2 = m3_add(attitude_covariance(&flight->adcs.attitude, &flight->adcs.parameters, now),
                                             m3_diagonal(alignment * alignment));
    store_sigma(&attitude_rad2, message.attitude_sigma_rad);
    store_sigma(&flight->adcs.attitude.filter.bias_rad2_s2, message.gyro_bias_sigma_rad_s);
    message.reset_cause = (uint8_t)flight->restart.cause;
    if (board != NULL) {
        store_machine(board, &message);
    }
    store_refused(&flight->link, &message);
    uint8_t payload[HIL_HOUSEKEEPING_SIZE];
    hil_link_send(&flight->link, HIL_APID_HOUSEKEEPING, payload, hil_housekeeping_encode(&message, payload));
    const uint32_t turn = flight->timing.turn < flight->timing.steps ? flight->timing.turn + 1 : 1;
    flight->timing = (struct step_timing){.turn = turn};
}
