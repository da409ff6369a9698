/* A complete firmware for the bench: it stops a spacecraft's rotation with a gyro and three wheels.
 *
 *     minimal            make a pseudo-terminal, print its name, answer on it
 *     minimal TTY        answer on this serial line
 */
#define _GNU_SOURCE /* for the terminal only: ptsname, cfmakeraw */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "hil_link.h"

#define DAMPING_NM_S 0.05f /* N m of braking for each rad/s: 0.17 kg m2 stop with a time constant of 3.4 s */

/* HELLO was requested: back to the boot state, so that every run starts alike. */
static void reset(void *context)
{
    memset(context, 0, 3 * sizeof(float));
}

static void on_gyro(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    (void)link;
    hil_gyro gyro;
    if (hil_gyro_decode(packet->payload, packet->payload_size, &gyro) && !(gyro.flags & HIL_FLAG_INVALID)) {
        memcpy(context, gyro.rate_body_rad_s, sizeof gyro.rate_body_rad_s);
    }
}

/* SYNC closes a step: its samples are all here; the answer is a command with the same step number. */
static void on_sync(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    const float *rate_body_rad_s = context;
    hil_sync sync;
    if (!hil_sync_decode(packet->payload, packet->payload_size, &sync)) {
        return;
    }
    hil_command command = {.step = sync.step};
    for (int i = 0; i < 3; i++) {
        /* A wheel that is driven forwards pushes the body backwards: this sign brakes. */
        command.wheel_torque_Nm[i] = DAMPING_NM_S * rate_body_rad_s[i];
    }
    uint8_t payload[HIL_COMMAND_SIZE];
    hil_link_send(link, HIL_APID_COMMAND, payload, hil_command_encode(&command, payload));
}

/* Every setting wants an answer. The orbit is of no use to this firmware; of the modes it has one. */
static void on_setting(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    (void)context;
    hil_set_mode wanted;
    const bool refused = packet->apid == HIL_APID_SET_MODE
        && (!hil_set_mode_decode(packet->payload, packet->payload_size, &wanted) || wanted.mode != HIL_MODE_DETUMBLE);
    hil_link_acknowledge(link, packet, refused ? HIL_ACK_OUT_OF_RANGE : HIL_ACK_ACCEPTED);
}

static size_t port_read(void *context, uint8_t *data, size_t capacity)
{
    const ssize_t n = read(*(const int *)context, data, capacity);
    if (n <= 0) {
        exit(EXIT_SUCCESS); /* the line is gone */
    }
    return (size_t)n;
}

static void port_write(void *context, const uint8_t *data, size_t n)
{
    for (ssize_t done; n > 0 && (done = write(*(const int *)context, data, n)) > 0; n -= (size_t)done) {
        data += done;
    }
}

int main(int argc, char **argv)
{
    int line = open(argc > 1 ? argv[1] : "/dev/ptmx", O_RDWR | O_NOCTTY);
    struct termios settings;
    if (line < 0 || tcgetattr(line, &settings) != 0) {
        perror("no serial line");
        return EXIT_FAILURE;
    }
    cfmakeraw(&settings); /* no echo, no byte with a meaning of its own */
    tcsetattr(line, TCSANOW, &settings);
    if (argc == 1 && unlockpt(line) == 0 && open(ptsname(line), O_RDWR | O_NOCTTY) >= 0) {
        (void)dprintf(STDOUT_FILENO, "%s\n", ptsname(line));
    }
    static float rate_body_rad_s[3];
    static const struct hil_handler handlers[] = {{HIL_APID_GYRO, on_gyro, 1}, {HIL_APID_SYNC, on_sync, 0},
        {HIL_APID_SET_MODE, on_setting, 0}, {HIL_APID_SET_ORBIT, on_setting, 0}};
    const struct hil_application application = {.handlers = handlers, .handler_count = 4, .reset = reset,
        .context = rate_body_rad_s, .firmware = "minimal", .build = "1"};
    const struct hil_port port = {port_read, port_write, &line};
    static struct hil_link link;
    hil_link_init(&link, &port, &application);
    for (;;) {
        hil_link_poll(&link);
    }
}
