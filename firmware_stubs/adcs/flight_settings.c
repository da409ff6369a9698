#include "flight_handlers.h"

void flight_mend(struct flight *flight)
{
    if (!guards_check(&flight->guards, &flight->adcs)) {
        restart_reload(&flight->restart, &flight->adcs);
        guards_seal(&flight->guards, &flight->adcs);
    }
}

/* And have what was told outlive a restart. */
static void acknowledge(struct flight *flight, const struct hil_packet *packet, bool taken)
{
    flight->restart.state_changed = flight->restart.state_changed || taken;
    guards_seal(&flight->guards, &flight->adcs);
    hil_link_acknowledge(&flight->link, packet, taken ? HIL_ACK_ACCEPTED : HIL_ACK_OUT_OF_RANGE);
}

void flight_on_set_parameter(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    static const uint8_t results[] = {[ADCS_SET_DONE] = HIL_ACK_ACCEPTED,
                                      [ADCS_SET_UNKNOWN_ID] = HIL_ACK_UNKNOWN_ID,
                                      [ADCS_SET_OUT_OF_RANGE] = HIL_ACK_OUT_OF_RANGE};
    struct flight *flight = context;
    hil_set_parameter set;
    flight_mend(flight);
    const bool whole = hil_set_parameter_decode(packet->payload, packet->payload_size, &set);
    const uint8_t result =
        whole ? results[adcs_parameters_set(&flight->adcs.parameters, set.id, set.value)] : HIL_ACK_MALFORMED;
    flight->restart.settings_changed = flight->restart.settings_changed || result == HIL_ACK_ACCEPTED;
    guards_seal(&flight->guards, &flight->adcs);
    hil_link_acknowledge(link, packet, result);
}

void flight_on_set_orbit(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_orbit set;
    flight_mend(flight);
    if (!packet->has_time || !hil_set_orbit_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const bool taken = adcs_set_orbit(&flight->adcs, flight_time(flight, packet), v3_from(set.position_eci_m),
                                      v3_from(set.velocity_eci_m_s));
    acknowledge(flight, packet, taken);
}

void flight_on_set_earth(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_earth set;
    flight_mend(flight);
    if (!packet->has_time || !hil_set_earth_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const bool taken = earth_set(&flight->adcs.earth, flight_time(flight, packet), quat_from(set.q_eci_from_ecef));
    acknowledge(flight, packet, taken);
}

/* The target of a slot, which is about to change; NULL, and answered, when there is no such slot. */
static struct target *aimed_at(struct flight *flight, const struct hil_packet *packet, unsigned slot)
{
    if (slot >= ADCS_TARGETS) {
        hil_link_acknowledge(&flight->link, packet, HIL_ACK_UNKNOWN_ID);
        return NULL;
    }
    supervisor_aim_changed(&flight->adcs.supervisor);
    return &flight->adcs.target[slot];
}

void flight_on_set_target(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_target set;
    flight_mend(flight);
    if (!packet->has_time || !hil_set_target_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    struct target *const target = aimed_at(flight, packet, set.slot);
    if (target == NULL) {
        return;
    }
    const bool taken = target_set(target, flight_time(flight, packet), v3_from(set.position_ecef_m),
                                  v3_from(set.velocity_ecef_m_s));
    acknowledge(flight, packet, taken);
}

void flight_on_set_target_orbit(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_target_orbit set;
    flight_mend(flight);
    if (!packet->has_time || !hil_set_target_orbit_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    struct target *const target = aimed_at(flight, packet, set.slot);
    if (target == NULL) {
        return;
    }
    const unsigned body = (unsigned)flight->adcs.parameters.value[ADCS_CENTRAL_BODY];
    const bool taken = target_set_orbit(target, body, flight_time(flight, packet), v3_from(set.position_eci_m),
                                        v3_from(set.velocity_eci_m_s));
    acknowledge(flight, packet, taken);
}

void flight_on_set_target_direction(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_target_direction set;
    flight_mend(flight);
    if (!hil_set_target_direction_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    struct target *const target = aimed_at(flight, packet, set.slot);
    if (target == NULL) {
        return;
    }
    const bool taken = target_set_direction(target, v3_from(set.direction_eci));
    acknowledge(flight, packet, taken);
}

void flight_on_set_attitude(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_attitude set;
    flight_mend(flight);
    if (!hil_set_attitude_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const bool taken = adcs_set_attitude(&flight->adcs, quat_from(set.q_eci_from_body));
    acknowledge(flight, packet, taken);
}

void flight_on_set_mode(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    static const uint8_t results[] = {[ADCS_MODE_TAKEN] = HIL_ACK_ACCEPTED,
                                      [ADCS_MODE_UNKNOWN] = HIL_ACK_UNKNOWN_ID,
                                      [ADCS_MODE_IMPOSSIBLE] = HIL_ACK_WRONG_STATE};
    struct flight *flight = context;
    hil_set_mode set;
    flight_mend(flight);
    if (!hil_set_mode_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const enum adcs_mode_result result = adcs_set_mode(&flight->adcs, set.mode);
    if (result == ADCS_MODE_IMPOSSIBLE) {
        const enum mode_lack why = mode_obstacle(mode_find(set.mode), &flight->adcs.parameters);
        flight_tell(link, ADCS_EVENT_MODE_REFUSED, (float)why);
    }
    flight->restart.state_changed = flight->restart.state_changed || result == ADCS_MODE_TAKEN;
    guards_seal(&flight->guards, &flight->adcs);
    hil_link_acknowledge(link, packet, results[result]);
}

void flight_on_set_actuator(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    static const uint8_t results[] = {[ADCS_ACTUATOR_TAKEN] = HIL_ACK_ACCEPTED,
                                      [ADCS_ACTUATOR_NOT_IN_TEST] = HIL_ACK_WRONG_STATE,
                                      [ADCS_ACTUATOR_OUT_OF_RANGE] = HIL_ACK_OUT_OF_RANGE};
    struct flight *flight = context;
    hil_set_actuator set;
    flight_mend(flight);
    if (!hil_set_actuator_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const enum adcs_actuator_result result =
        set.kind == HIL_ACTUATOR_WHEEL      ? adcs_set_wheel(&flight->adcs, set.instance, set.value)
        : set.kind == HIL_ACTUATOR_ROD      ? adcs_set_rod(&flight->adcs, set.instance, set.value)
        : set.kind == HIL_ACTUATOR_THRUSTER ? adcs_set_thruster(&flight->adcs, set.instance, set.value)
                                            : ADCS_ACTUATOR_OUT_OF_RANGE;
    hil_link_acknowledge(link, packet, results[result]);
}

void flight_on_set_burn(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_burn set;
    flight_mend(flight);
    if (!hil_set_burn_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const bool taken = adcs_set_burn(&flight->adcs, v3_from(set.delta_v_body_m_s));
    acknowledge(flight, packet, taken);
}
