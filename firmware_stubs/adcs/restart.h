/* What survives a restart, and what is made of it.
 *
 * How often the computer booted, what the ground set and commanded, and the last good orbit, attitude and gyro bias are kept
 * in a store. After a restart in mid-mission they are taken up again: the spacecraft goes to safe mode by itself, from where
 * the ground, or with `autonomy` the software, takes it back to what was commanded. What was commanded to do nothing goes
 * on doing nothing. HELLO begins a new life: everything is forgotten. */
#ifndef ADCS_RESTART_H
#define ADCS_RESTART_H

#include "adcs.h"
#include "store.h"

enum reset_cause { /* as the event and the telemetry tell it */
    RESET_UNKNOWN,
    RESET_POWER,
    RESET_PIN,
    RESET_WATCHDOG,
    RESET_CRASH,
    RESET_SOFTWARE
};

/* Where a program was when it crashed: registers of the core. */
struct crash {
    uint32_t pc, lr; /* as offsets from the program's beginning */
    uint32_t status, address; /* CFSR; the address that was not to be reached, 0 if that is not known */
};

/* How this boot came about, as a port knows it. */
struct boot {
    const struct store_medium *medium; /* NULL: nothing is kept */
    enum reset_cause cause;
    const struct crash *crash; /* of the life before, or NULL */
};

struct restart_state {
    uint32_t build; /* of the software that wrote it; another lays its data out otherwise */
    uint32_t mode_wanted;
    adcs_ticks time;
    struct orbit orbit;
    struct earth earth;
    struct target target[ADCS_TARGETS];
    uint32_t attitude_wanted, attitude_known; /* of the next two, whether they are */
    struct quat q_eci_from_body_wanted, q_eci_from_body;
    struct vec3 rate_body_rad_s, gyro_bias_body_rad_s;
    float gyro_bias_sigma_rad_s; /* 0: it is not known */
    uint32_t reserved;
};

struct restart {
    struct store store;
    uint32_t build;
    uint32_t boots; /* in this life, this one included */
    enum reset_cause cause;
    bool settings_changed, state_changed; /* and are to be written */
    bool resumed; /* the state below is of before the restart, and there has been no step since */
    bool failure_told;
    struct restart_state state; /* the last good one */
};

/* Boot: take up what is kept by software of this build. Reports, if this is a restart. *boot's medium stays in use. */
void restart_boot(struct restart *restart, struct adcs *adcs, const struct boot *boot, const char *build);

/* Forget everything: a new life begins. */
void restart_anew(struct restart *restart);

/* The parameters are lost in memory: those that are kept, or their defaults. */
void restart_reload(struct restart *restart, struct adcs *adcs);

/* Before a control step at `now`: after a restart begin with the last attitude, if that was not long ago. */
void restart_before_step(struct restart *restart, struct adcs *adcs, adcs_ticks now);

/* After it: keep what was set since, and every five minutes where the spacecraft is. */
void restart_after_step(struct restart *restart, struct adcs *adcs, adcs_ticks now);

#endif
