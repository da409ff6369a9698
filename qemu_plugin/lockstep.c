/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A plugin for QEMU 7.2 that hands virtual time out in slices and gives each USART its octets at the times at which a line of
 * that baud rate would. The bench waits for nothing but the end of a slice, so that an image that knows no bench runs in
 * lockstep, and the same octets go both ways in every run.
 *
 * It uses functions of the emulator that are exported but no part of its plugin interface; their prototypes are written here
 * from their names. This file is apart from the rest of the project because of the emulator's licence.
 *
 * Needed: -icount shift=N,sleep=off. Arguments: in=FD,out=FD,first=NS and, for each line in the bench's order,
 * line=CHARDEV:NS_AN_OCTET.
 *
 * In:  int64 end of the next slice in ns, uint32 bursts, uint32 0; then for each burst int64 begin in ns, uint32 line, uint32
 *      octets, and the octets. Out: int64 end of the slice that is over, uint32 octets that a USART had no room for, uint32 0.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;
typedef uint64_t plugin_id;
extern void qemu_plugin_register_vcpu_init_cb(plugin_id, void (*)(plugin_id, unsigned));
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, void *));

/* Beyond the plugin interface. */
extern int64_t qemu_clock_get_ns(int type);
extern int64_t qemu_clock_deadline_ns_all(int type, int attributes);
extern void timer_init_full(void *timer, void *list, int type, int scale, int attributes, void (*due)(void *), void *context);
extern void timer_mod_ns(void *timer, int64_t ns);
extern void timer_del(void *timer);
extern void *qemu_chr_find(const char *name);
extern int qemu_chr_be_can_write(void *chardev);
extern void qemu_chr_be_write(void *chardev, const uint8_t *data, int n);
extern void *qemu_get_cpu(int number);
extern void async_run_on_cpu(void *cpu, void (*work)(void *, uint64_t), uint64_t data);
extern bool all_cpu_threads_idle(void);
extern void qemu_notify_event(void);
struct notifier {
    void (*notify)(struct notifier *, void *);
    void *node[2];
};
extern void main_loop_poll_add_notifier(struct notifier *);

#define VIRTUAL 1
#define LINES 8
#define QUEUE 65536u
typedef uint64_t timer[64]; /* more than any of QEMU's */

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
static timer stop_timer, guard;

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
        uint32_t no_room, zero;
    } report = {stop_ns, no_room, 0};
    struct {
        int64_t end_ns;
        uint32_t bursts, zero;
    } head;
    (void)context;
    if (write(out, &report, sizeof report) != (ssize_t)sizeof report) {
        _exit(0);
    }
    take(&head, sizeof head);
    for (uint32_t i = 0; i < head.bursts; i++) {
        take_burst();
    }
    stop_ns = head.end_ns;
    timer_mod_ns(stop_timer, stop_ns);
}

static void core_made(plugin_id id, unsigned core)
{
    (void)id;
    (void)core;
    main_loop_poll_add_notifier(&notifier);
    for (unsigned i = 0; i < line_count; i++) {
        lines[i].chardev = qemu_chr_find(lines[i].name);
        timer_init_full(lines[i].timer, NULL, VIRTUAL, 1, 0, octet_due, &lines[i]);
    }
    timer_init_full(guard, NULL, VIRTUAL, 1, 0, nothing, NULL);
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
        }
    }
    qemu_plugin_register_vcpu_init_cb(id, core_made);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
