// A scheduler as small as they come: tasks by their period in ticks, each run in every tick that it is due in.
// Tasks put themselves into the list when they are constructed, before main: a static constructor that does not run
// leaves a firmware without tasks.
#pragma once

#include <stdint.h>

namespace sched {

constexpr uint32_t TICKS_PER_S = 100; // ten make a control period of the example's rig
constexpr float TICK_S = 0.01f;

class Task {
public:
    explicit Task(uint32_t period_ticks) : period_ticks_(period_ticks), next_(first()) { first() = this; }
    virtual void run() = 0;

    static void run_tick(uint32_t tick)
    {
        for (Task *task = first(); task != nullptr; task = task->next_) {
            if (tick % task->period_ticks_ == 0) {
                task->run();
            }
        }
    }

protected:
    ~Task() = default;

private:
    static Task *&first()
    {
        static Task *list; // zero before any constructor runs
        return list;
    }

    uint32_t period_ticks_;
    Task *next_;
};

} // namespace sched
