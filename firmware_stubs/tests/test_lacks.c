/* What a mode needs to know before it can be entered. */
#include "adcs.h"
#include "check.h"
#include "hil_messages.h"
#include "modes.h"

static enum mode_lack lack_of(unsigned slot, unsigned mode, enum target_kind kind, bool known, bool orbit, bool earth_known)
{
    static struct adcs adcs;
    adcs = (struct adcs){.earth.known = earth_known, .attitude.known = true, .observer.started = true};
    adcs_parameters_init(&adcs.parameters);
    adcs.orbit.current = orbit;
    adcs.target[slot] = (struct target){.known = known, .kind = kind, .orbit.current = true};
    return mode_lacks(mode_find((uint8_t)mode), &adcs);
}

/* A place on the Earth needs the Earth's orientation, all that is near needs where the spacecraft itself is, and what is far
 * away neither. */
static void test_what_pointing_at_a_target_needs(void)
{
    static const unsigned slots[2] = {HIL_SLOT_TARGET, HIL_SLOT_STATION}, modes[2] = {HIL_MODE_TARGET, HIL_MODE_STATION};
    for (unsigned i = 0; i < 2; i++) {
        const unsigned slot = slots[i], mode = modes[i];
        for (int kind = TARGET_ON_EARTH; kind <= TARGET_FAR_AWAY; kind++) {
            CHECK(lack_of(slot, mode, (enum target_kind)kind, false, true, true) == MODE_LACKS_TARGET);
            CHECK(lack_of(slot, mode, (enum target_kind)kind, true, true, true) == MODE_LACKS_NOTHING);
        }
        CHECK(lack_of(slot, mode, TARGET_ON_EARTH, true, true, false) == MODE_LACKS_EARTH);
        CHECK(lack_of(slot, mode, TARGET_ON_EARTH, true, false, true) == MODE_LACKS_ORBIT);
        CHECK(lack_of(slot, mode, TARGET_IN_ORBIT, true, true, false) == MODE_LACKS_NOTHING);
        CHECK(lack_of(slot, mode, TARGET_IN_ORBIT, true, false, true) == MODE_LACKS_ORBIT);
        CHECK(lack_of(slot, mode, TARGET_FAR_AWAY, true, false, false) == MODE_LACKS_NOTHING);
    }
    static struct adcs lost;
    lost = (struct adcs){.earth.known = true, .attitude.known = true, .observer.started = true, .orbit.current = true};
    adcs_parameters_init(&lost.parameters);
    lost.target[HIL_SLOT_TARGET] = (struct target){.known = true, .kind = TARGET_IN_ORBIT};
    CHECK(mode_lacks(mode_find(HIL_MODE_TARGET), &lost) == MODE_LACKS_TARGET); /* nobody knows any more where that is */
}

void test_lacks(void)
{
    test_what_pointing_at_a_target_needs();
}
