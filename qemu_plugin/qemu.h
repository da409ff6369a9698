/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Functions of QEMU 7.2 that are exported but no part of its plugin interface; their prototypes are written here from their
 * names. */
#ifndef LOCKSTEP_QEMU_H
#define LOCKSTEP_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t plugin_id;
extern void qemu_plugin_register_vcpu_init_cb(plugin_id, void (*)(plugin_id, unsigned));
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, void *));

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
extern void *get_system_memory(void);
extern void memory_region_init_io(void *region, void *owner, const void *operations, void *context, const char *name,
                                  uint64_t size);
extern void memory_region_add_subregion_overlap(void *container, uint64_t offset, void *region, int priority);
extern void qemu_system_reset_request(int cause);
extern void qemu_register_reset(void (*reset)(void *), void *context);
extern void *object_resolve_path_type(const char *path, const char *type, bool *ambiguous);
extern bool clock_set(void *clock, uint64_t period);
extern void clock_propagate(void *clock);
extern void *qdev_get_gpio_in(void *device, int number);
extern void qemu_set_irq(void *irq, int level);

#define VIRTUAL 1
#define GUEST_RESET 7
typedef uint64_t timer[64];   /* more than any of QEMU's */
typedef uint64_t region[256]; /* as well */
struct operations {           /* a MemoryRegionOps */
    uint64_t (*read)(void *, uint64_t, unsigned);
    void (*write)(void *, uint64_t, uint64_t, unsigned);
    void *with_attributes[2];
    int endianness;
    uint64_t rest[16];
};
#define NATIVE 2

/* Put registers over what the emulator has at an address. */
static inline void put_over(void *where, const struct operations *operations, void *context, uint64_t address, uint64_t size)
{
    memory_region_init_io(where, NULL, operations, context, "board", size);
    memory_region_add_subregion_overlap(get_system_memory(), address, where, 1);
}

#endif
