/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A plugin for QEMU 7.2 that hands virtual time out in slices and gives each USART its octets at the times at which a line of
 * that baud rate would. The bench waits for nothing but the end of a slice, so that an image that knows no bench runs in
 * lockstep, and the same octets go both ways in every run.
 *
 * It uses functions of the emulator that are exported but no part of its plugin interface (qemu.h). This folder is apart from
 * the rest of the project because of the emulator's licence.
 *
 * Needed: -icount shift=N,sleep=off. Arguments: in=FD,out=FD,first=NS and, for each line in the bench's order,
 * line=CHARDEV:NS_AN_OCTET; for each output that the bench watches duty=TIMER:CHANNEL, or mean=PIN, 16 times the port's number
 * and the pin's; edge=PIN for each pin of which it takes every edge.
 *
 * In:  int64 end of the next slice in ns, uint32 bursts, uint32 edges; then for each burst int64 begin in ns, uint32 line,
 *      uint32 octets, and the octets; then for each edge int64 its time in ns, uint32 pin, uint32 level.
 * Out: int64 end of the slice that is over, uint32 octets that a USART had no room for, uint32 resets by the watchdog, uint32
 *      edges and 4 octets of nothing, a double for each output: which part of the slice it was high, of a timer's which part
 *      of its turns at the end; and for each edge int64 its time in ns, uint32 pin, uint32 level.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "qemu.h"

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;
#define LINES 8
#define QUEUE 65536u
#define OUTPUTS 16u
#define EDGES 64u
static struct line {
    char name[32];
    void *chardev;
    timer timer;
    int64_t octet_ns, free_ns;
    uint32_t read, written;
    bool armed;
    uint8_t octet[QUEUE];
    int64_t due_ns[QUEUE];
} lines[LINES];
static unsigned line_count;
static uint32_t no_room;
static int in = -1, out = -1;
static int64_t stop_ns = 1000;
static timer stop_timer, guard, edge_timer;
static struct output {
    bool mean;
    unsigned timer, channel, pin;
} outputs[OUTPUTS];
static unsigned output_count;
static struct edge edges[EDGES];
static uint32_t edge_read, edge_written;

/* -- two faults of the emulator ---------------------------------------------------------------------------------------- */

/* While the core idles, the clock jumps to the deadline of the next timer, and a timer of the core itself, as SysTick's is,
 * has run before the core sees that it was to wake: half of its interrupts are lost. A timer of ours at the same deadline
 * makes the core look. And the jump races with the main loop: it is asked for again until the core was seen idle. */
static bool parked;

static void nothing(void *context)
{
    (void)context;
}

static void look(void *cpu, uint64_t data)
{
    (void)cpu;
    (void)data;
    if (!all_cpu_threads_idle()) {
        return;
    }
    timer_del(guard);
    const int64_t left_ns = qemu_clock_deadline_ns_all(VIRTUAL, -1);
    if (left_ns >= 0) {
        timer_mod_ns(guard, qemu_clock_get_ns(VIRTUAL) + left_ns);
    }
    parked = true;
    qemu_notify_event();
}

static void polled(struct notifier *notifier, void *state)
{
    (void)notifier;
    if (*(int *)state == 0) {
        return;
    }
    if (parked) {
        parked = false;
    } else {
        async_run_on_cpu(qemu_get_cpu(0), look, 0);
    }
}
static struct notifier notifier = {polled, {0, 0}};

/* -- octets ------------------------------------------------------------------------------------------------------------ */

static void arm(struct line *line)
{
    line->armed = line->read != line->written;
    if (line->armed) {
        timer_mod_ns(line->timer, line->due_ns[line->read % QUEUE]);
    }
}

static void octet_due(void *context)
{
    struct line *line = context;
    if (qemu_chr_be_can_write(line->chardev) > 0) {
        qemu_chr_be_write(line->chardev, &line->octet[line->read % QUEUE], 1);
    } else {
        no_room++;
    }
    line->read++;
    arm(line);
}

static void queue(struct line *line, int64_t begin_ns, uint8_t octet)
{
    line->free_ns = (begin_ns > line->free_ns ? begin_ns : line->free_ns) + line->octet_ns;
    line->octet[line->written % QUEUE] = octet;
    line->due_ns[line->written % QUEUE] = line->free_ns;
    line->written++;
}

/* -- pins -------------------------------------------------------------------------------------------------------------- */

static void arm_edge(void)
{
    if (edge_read != edge_written) {
        timer_mod_ns(edge_timer, edges[edge_read % EDGES].at_ns);
    }
}

static void edge_due(void *context)
{
    const struct edge *edge = &edges[edge_read % EDGES];
    (void)context;
    pins_set_input(edge->pin / 16u, edge->pin % 16u, edge->level != 0);
    edge_read++;
    arm_edge();
}

static double shown(const struct output *output)
{
    return output->mean ? pins_mean(output->pin / 16u, output->pin % 16u) : timers_duty(output->timer, output->channel);
}

/* -- slices ------------------------------------------------------------------------------------------------------------ */

static void take(void *data, size_t n)
{
    for (uint8_t *at = data; n > 0;) {
        const ssize_t taken = read(in, at, n);
        if (taken <= 0) {
            _exit(0);
        }
        at += taken;
        n -= (size_t)taken;
    }
}

static void take_burst(void)
{
    struct {
        int64_t begin_ns;
        uint32_t line, octets;
    } burst;
    uint8_t octet;
    take(&burst, sizeof burst);
    for (uint32_t i = 0; i < burst.octets; i++) {
        take(&octet, 1);
        if (burst.line < line_count) {
            queue(&lines[burst.line], burst.begin_ns, octet);
        }
    }
    if (burst.line < line_count && !lines[burst.line].armed) {
        arm(&lines[burst.line]);
    }
}

/* Nothing runs meanwhile: this is called with the emulator's lock held, between two instructions. */
static void stop(void *context)
{
    struct {
        int64_t now_ns;
        uint32_t no_room, resets, edges, nothing;
        double output[OUTPUTS];
    } report = {stop_ns, no_room, watchdog_resets, 0, 0, {0}};
    struct {
        int64_t end_ns;
        uint32_t bursts, edges;
    } head;
    const size_t n = sizeof report - (OUTPUTS - output_count) * sizeof report.output[0];
    (void)context;
    for (unsigned i = 0; i < output_count; i++) {
        report.output[i] = shown(&outputs[i]);
    }
    const struct edge *driven = pins_edges(&report.edges);
    const size_t more = report.edges * sizeof driven[0];
    if (write(out, &report, n) != (ssize_t)n || write(out, driven, more) != (ssize_t)more) {
        _exit(0);
    }
    take(&head, sizeof head);
    for (uint32_t i = 0; i < head.bursts; i++) {
        take_burst();
    }
    for (uint32_t i = 0; i < head.edges; i++, edge_written++) {
        take(&edges[edge_written % EDGES], sizeof edges[0]);
    }
    arm_edge();
    stop_ns = head.end_ns;
    timer_mod_ns(stop_timer, stop_ns);
}

static void core_made(plugin_id id, unsigned core)
{
    (void)id;
    (void)core;
    board_make();
    main_loop_poll_add_notifier(&notifier);
    for (unsigned i = 0; i < line_count; i++) {
        lines[i].chardev = qemu_chr_find(lines[i].name);
        timer_init_full(lines[i].timer, NULL, VIRTUAL, 1, 0, octet_due, &lines[i]);
    }
    timer_init_full(guard, NULL, VIRTUAL, 1, 0, nothing, NULL);
    timer_init_full(edge_timer, NULL, VIRTUAL, 1, 0, edge_due, NULL);
    timer_init_full(stop_timer, NULL, VIRTUAL, 1, 0, stop, NULL);
}

static void translated(plugin_id id, void *block)
{
    static bool begun;
    (void)id;
    (void)block;
    if (!begun) {
        begun = true;
        timer_mod_ns(stop_timer, stop_ns);
    }
}

static void add_line(const char *text)
{
    const char *colon = strchr(text, ':');
    if (colon != NULL && line_count < LINES && (size_t)(colon - text) < sizeof lines[0].name) {
        memcpy(lines[line_count].name, text, (size_t)(colon - text));
        lines[line_count++].octet_ns = atoll(colon + 1);
    }
}

static void add_output(const char *text, bool mean)
{
    const char *colon = strchr(text, ':');
    if (output_count < OUTPUTS) {
        outputs[output_count++] = (struct output){.mean = mean,
                                                  .timer = (unsigned)atoi(text),
                                                  .channel = colon == NULL ? 0 : (unsigned)atoi(colon + 1),
                                                  .pin = (unsigned)atoi(text)};
    }
}

EXPORTED int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        const char *value = strchr(argv[i], '=');
        if (value == NULL) {
            return -1;
        }
        value++;
        if (strncmp(argv[i], "in=", 3) == 0) {
            in = atoi(value);
        } else if (strncmp(argv[i], "out=", 4) == 0) {
            out = atoi(value);
        } else if (strncmp(argv[i], "first=", 6) == 0) {
            stop_ns = atoll(value);
        } else if (strncmp(argv[i], "line=", 5) == 0) {
            add_line(value);
        } else if (strncmp(argv[i], "duty=", 5) == 0 || strncmp(argv[i], "mean=", 5) == 0) {
            add_output(value, argv[i][0] == 'm');
        } else if (strncmp(argv[i], "edge=", 5) == 0) {
            pins_watch((unsigned)atoi(value) / 16u, (unsigned)atoi(value) % 16u);
        }
    }
    qemu_plugin_register_vcpu_init_cb(id, core_made);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
