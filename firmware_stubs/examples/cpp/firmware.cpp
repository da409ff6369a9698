// A firmware in C++ with its own scheduler: it stops a spacecraft's rotation with a gyro and three wheels, and takes part
// in `hil phase`. The bench's step is ten ticks long; in between, the rate is carried on by what the wheels were told.
#include "firmware.hpp"

#include "scheduler.hpp"

namespace {

constexpr float INERTIA_KG_M2[3] = {0.172f, 0.1655f, 0.1038f};
constexpr float DAMPING_NM_S = 0.05f;

// Which way a wheel's torque turns the body: a wheel that is driven forwards pushes it backwards. -DWRONG_SIGN is the
// mistake that this example is for.
#ifdef WRONG_SIGN
constexpr float PUSHES[3] = {-1.0f, 1.0f, -1.0f};
#else
constexpr float PUSHES[3] = {-1.0f, -1.0f, -1.0f};
#endif

struct State {
    float rate_body_rad_s[3];
    float wheel_torque_Nm[HIL_WHEELS_MAX];
    float test_torque_Nm[HIL_WHEELS_MAX];
    hil_sensed sample; // of the gyro, as it came last
    bool has_sample, started;
    uint32_t tick;
    uint8_t mode;
};
State state;

// Run by the list in the opposite order of these: predict, correct, control.

class Damping final : public sched::Task {
public:
    Damping() : Task(5) {}
    void run() override
    {
        for (int i = 0; i < 3; i++) {
            state.wheel_torque_Nm[i] = PUSHES[i] * -DAMPING_NM_S * state.rate_body_rad_s[i];
        }
    }
};
Damping damping;

class Correction final : public sched::Task {
public:
    Correction() : Task(10) {}
    void run() override
    {
        for (int i = 0; i < 3 && state.has_sample; i++) {
            state.rate_body_rad_s[i] = state.sample.values[i];
        }
    }
};
Correction correction;

class Prediction final : public sched::Task {
public:
    Prediction() : Task(1) {}
    void run() override
    {
        for (int i = 0; i < 3; i++) {
            state.rate_body_rad_s[i] += PUSHES[i] * state.wheel_torque_Nm[i] / INERTIA_KG_M2[i] * sched::TICK_S;
        }
    }
};
Prediction prediction;

void reset(void *)
{
    state = State{};
}

void on_gyro(void *, hil_link *, const hil_packet *packet)
{
    hil_gyro gyro;
    if (!hil_gyro_decode(packet->payload, packet->payload_size, &gyro) || (gyro.flags & HIL_FLAG_INVALID) != 0) {
        return;
    }
    state.sample = hil_sensed{};
    state.sample.kind = HIL_DEVICE_GYRO;
    state.sample.instance = gyro.instance;
    for (int i = 0; i < 3; i++) {
        state.sample.values[i] = gyro.rate_body_rad_s[i];
    }
    state.has_sample = true;
}

void on_set_mode(void *, hil_link *link, const hil_packet *packet)
{
    hil_set_mode wanted;
    const bool known = hil_set_mode_decode(packet->payload, packet->payload_size, &wanted)
        && (wanted.mode == HIL_MODE_DETUMBLE || wanted.mode == HIL_MODE_TEST);
    state.mode = known ? wanted.mode : state.mode;
    hil_link_acknowledge(link, packet, known ? HIL_ACK_ACCEPTED : HIL_ACK_OUT_OF_RANGE);
}

// Mode test drives a wheel the way the control law does: through this firmware's own signs.
void on_set_actuator(void *, hil_link *link, const hil_packet *packet)
{
    hil_set_actuator wanted;
    const bool known = hil_set_actuator_decode(packet->payload, packet->payload_size, &wanted)
        && wanted.kind == HIL_ACTUATOR_WHEEL && wanted.instance < 3 && state.mode == HIL_MODE_TEST;
    if (known) {
        state.test_torque_Nm[wanted.instance] = -PUSHES[wanted.instance] * wanted.value;
    }
    hil_link_acknowledge(link, packet, known ? HIL_ACK_ACCEPTED : HIL_ACK_OUT_OF_RANGE);
}

void on_orbit(void *, hil_link *link, const hil_packet *packet)
{
    hil_link_acknowledge(link, packet, HIL_ACK_ACCEPTED);
}

void tell_rate(hil_link *link)
{
    hil_estimate estimate = {};
    estimate.q_eci_from_body[3] = 1.0f;
    estimate.mode = state.mode;
    estimate.flags = 1; // the attitude is not known
    for (int i = 0; i < 3; i++) {
        estimate.rate_body_rad_s[i] = state.rate_body_rad_s[i];
    }
    uint8_t payload[HIL_ESTIMATE_SIZE];
    hil_link_send(link, HIL_APID_ESTIMATE, payload, hil_estimate_encode(&estimate, payload));
}

void tell_sensed(hil_link *link)
{
    if (state.has_sample && state.mode == HIL_MODE_TEST) {
        uint8_t payload[HIL_SENSED_SIZE];
        hil_link_send(link, HIL_APID_SENSED, payload, hil_sensed_encode(&state.sample, payload));
    }
    state.has_sample = false;
}

uint32_t tick_of(uint64_t time) // the nearest: a step of 0.1 s is no whole number of 2^-24 s
{
    return static_cast<uint32_t>((time * sched::TICKS_PER_S + HIL_TICKS_PER_SECOND / 2) >> 24);
}

void on_sync(void *, hil_link *link, const hil_packet *packet)
{
    hil_sync sync;
    if (!packet->has_time || !hil_sync_decode(packet->payload, packet->payload_size, &sync)) {
        return;
    }
    const uint32_t now = tick_of(packet->time_ticks);
    for (uint32_t tick = state.started ? state.tick + 1 : now; tick <= now; tick++) {
        sched::Task::run_tick(tick);
    }
    state.started = true;
    state.tick = now;
    hil_command command = {};
    command.step = sync.step;
    for (int i = 0; i < 3; i++) {
        command.wheel_torque_Nm[i] = state.mode == HIL_MODE_TEST ? state.test_torque_Nm[i] : state.wheel_torque_Nm[i];
    }
    tell_sensed(link);
    tell_rate(link);
    uint8_t payload[HIL_COMMAND_SIZE];
    hil_link_send(link, HIL_APID_COMMAND, payload, hil_command_encode(&command, payload));
}

const hil_handler handlers[] = {
    {HIL_APID_GYRO, on_gyro, 1},          {HIL_APID_SYNC, on_sync, 0},
    {HIL_APID_SET_MODE, on_set_mode, 0},  {HIL_APID_SET_ACTUATOR, on_set_actuator, 0},
    {HIL_APID_SET_ORBIT, on_orbit, 0},
};

} // namespace

const hil_application &firmware()
{
    static const hil_application application = {handlers, 5, reset, nullptr, "cpp-scheduler", "1", 0, 0};
    return application;
}
