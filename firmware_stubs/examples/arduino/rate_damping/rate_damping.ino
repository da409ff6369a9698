// A complete firmware for the bench on an Arduino: it stops a spacecraft's rotation with a gyro and three wheels.
// The folder firmware_stubs/link is its library: copy it to Arduino/libraries/hil_link, unchanged.

#include <hil_link.h>

static const float DAMPING_NM_S = 0.05f; // N m of braking for each rad/s: 0.17 kg m2 stop with a time constant of 3.4 s

static float rate_body_rad_s[3];
static hil_link bench;

// HELLO was requested: back to the boot state, so that every run starts alike.
static void reset(void *)
{
    memset(rate_body_rad_s, 0, sizeof rate_body_rad_s);
}

static void on_gyro(void *, hil_link *, const hil_packet *packet)
{
    hil_gyro gyro;
    if (hil_gyro_decode(packet->payload, packet->payload_size, &gyro) && !(gyro.flags & HIL_FLAG_INVALID)) {
        memcpy(rate_body_rad_s, gyro.rate_body_rad_s, sizeof rate_body_rad_s);
    }
}

// SYNC closes a step: its samples are all here; the answer is a command with the same step number.
static void on_sync(void *, hil_link *link, const hil_packet *packet)
{
    hil_sync sync;
    if (!hil_sync_decode(packet->payload, packet->payload_size, &sync)) {
        return;
    }
    hil_command command = {};
    command.step = sync.step;
    for (uint8_t i = 0; i < 3; i++) {
        // A wheel that is driven forwards pushes the body backwards: this sign brakes.
        command.wheel_torque_Nm[i] = DAMPING_NM_S * rate_body_rad_s[i];
    }
    uint8_t payload[HIL_COMMAND_SIZE];
    hil_link_send(link, HIL_APID_COMMAND, payload, hil_command_encode(&command, payload));
}

// Every setting wants an answer. The orbit is of no use to this firmware; of the modes it has one.
static void on_setting(void *, hil_link *link, const hil_packet *packet)
{
    hil_set_mode wanted;
    const bool refused = packet->apid == HIL_APID_SET_MODE
        && (!hil_set_mode_decode(packet->payload, packet->payload_size, &wanted) || wanted.mode != HIL_MODE_DETUMBLE);
    hil_link_acknowledge(link, packet, refused ? HIL_ACK_OUT_OF_RANGE : HIL_ACK_ACCEPTED);
}

static size_t port_read(void *, uint8_t *data, size_t capacity)
{
    size_t n = 0;
    while (n < capacity && Serial.available() > 0) {
        data[n++] = (uint8_t)Serial.read();
    }
    return n;
}

static void port_write(void *, const uint8_t *data, size_t n)
{
    Serial.write(data, n);
}

// What becomes of which packet; of gyros it needs at least one.
static const hil_handler handlers[] = {{HIL_APID_GYRO, on_gyro, 1}, {HIL_APID_SYNC, on_sync, 0},
    {HIL_APID_SET_MODE, on_setting, 0}, {HIL_APID_SET_ORBIT, on_setting, 0}};
// Name, build, and any control period.
static const hil_application application = {handlers, 4, reset, nullptr, "arduino", "1", 0, 0};
static const hil_port port = {port_read, port_write, nullptr};

void setup()
{
    Serial.begin(115200);
    hil_link_init(&bench, &port, &application);
}

void loop()
{
    hil_link_poll(&bench);
}
