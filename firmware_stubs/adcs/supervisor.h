/* Which mode is in force: the commanded one, or a safer one while something is wrong.
 *
 * What is wrong shows in one of these: the body turns too fast, a mode that was in force lost what it needs, a wheel stands
 * still. Then the rods stop the tumbling, the panels are turned to the Sun, and there the spacecraft waits for the ground,
 * or with the parameter `autonomy` goes back to what was commanded once all is quiet. Separation from the launcher is the
 * first such case. Where no rate is known, the rods go on against the field's change in safe mode too. Each step down and
 * its reason is an event. */
#ifndef ADCS_SUPERVISOR_H
#define ADCS_SUPERVISOR_H

#include "modes.h"

enum supervisor_stage { SUPERVISOR_WANTED, SUPERVISOR_DETUMBLE, SUPERVISOR_SAFE };

struct supervisor {
    enum supervisor_stage stage;
    bool entered;    /* the wanted mode has been in force since it was commanded */
    bool careful;    /* something failed, and the wanted mode does not hold yet */
    float unready_s; /* for so long the wanted mode has lacked something */
    float fast_s;    /* for so long the body has been too fast */
    float quiet_s;   /* for so long it has been quiet in safe mode */
    float slow_s;    /* for so long nothing has shown that the body turns */
    float off_least_rad;  /* the smallest pointing error since the mode was commanded or its aim changed, */
    float traded_s;       /* for so long the pointing has been traded for momentum by more than the mode bears */
    float off_most_s;     /* and for so long it has been far beyond that */
    unsigned off_mode;    /* in this mode */
    float field_rate_rad_s; /* by the field's change, smoothed */
};

/* A mode was commanded: that is the ground's word that all is well. With autonomy the software sees for itself, and before
 * its first step it takes the body for tumbling. */
void supervisor_commanded(struct supervisor *supervisor, bool autonomy, bool booting);

/* The computer restarted while this mode was wanted: safe mode first. Returns what is wanted now: what was; of mode test,
 * whose commands are forgotten, safe mode. */
unsigned supervisor_resume(struct supervisor *supervisor, unsigned mode_wanted);

/* A mode asked for this pointing error: where it has been small and grows for long, the mode does not hold, whatever else
 * looks good, and it is safe mode from the next step on. Reports. */
void supervisor_watch_pointing(struct adcs *adcs, unsigned mode, float off_rad, float dt_s);

/* What the modes point at has changed. */
void supervisor_aim_changed(struct supervisor *supervisor);

/* The mode of this step, dt_s after the one before. Reports why when it is a safer one than before. */
const struct mode *supervisor_choose(struct adcs *adcs, float dt_s);

#endif
