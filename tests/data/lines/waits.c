/* What a program asks of its clock, and what it waits for; it prints when each came, in us. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int line;

static long long us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

static void say(const char *what, long long n)
{
    printf("%s %lld %lld\n", what, us(CLOCK_MONOTONIC), n);
    fflush(stdout);
}

static void set(int least, int tenths)
{
    struct termios settings;
    tcgetattr(line, &settings);
    settings.c_cc[VMIN] = (cc_t)least;
    settings.c_cc[VTIME] = (cc_t)tenths;
    tcsetattr(line, TCSANOW, &settings);
}

static void sleeps(void)
{
    struct timespec request = {0, 5000000};
    struct timespec at = {0, 20000000};
    nanosleep(&request, NULL);
    say("nanosleep", 0);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    say("clock_nanosleep", 0);
    usleep(5000);
    say("usleep", 0);
}

static void timeouts(void)
{
    struct pollfd one = {line, POLLIN, 0};
    struct timespec ten_ms = {0, 10000000};
    struct timeval five_ms = {0, 5000};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(line, &set);
    say("poll", poll(&one, 1, 15));
    say("ppoll", ppoll(&one, 1, &ten_ms, NULL));
    say("select", select(line + 1, &set, NULL, NULL, &five_ms));
}

static void timers(void)
{
    struct itimerspec every = {{0, 10000000}, {0, 10000000}};
    uint64_t times = 0;
    struct epoll_event event = {.events = EPOLLIN};
    const int timer = timerfd_create(CLOCK_MONOTONIC, 0), set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, timer, &event);
    timerfd_settime(timer, 0, &every, NULL);
    say("epoll", epoll_wait(set, &event, 1, -1));
    usleep(15000);
    say("timerfd", (long long)(read(timer, &times, sizeof times) == 8 ? times : 0));
    say("timerfd", (long long)(read(timer, &times, sizeof times) == 8 ? times : 0));
    close(timer);
}

static void octets(void)
{
    char data[64];
    set(4, 0);
    say("read", read(line, data, sizeof data)); /* four, of which the last comes late */
    set(0, 1);
    say("read", read(line, data, sizeof data)); /* nothing for a tenth of a second */
    set(10, 1);
    say("read", read(line, data, sizeof data)); /* three, and then nothing */
}

static struct timespec later(clockid_t clock, long ns)
{
    struct timespec at;
    clock_gettime(clock, &at);
    at.tv_nsec += ns;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

/* Nobody signals: they are sleeps, by the day's clock and by one of their own. */
static void locks(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t by_day = PTHREAD_COND_INITIALIZER, steady;
    pthread_condattr_t how;
    sem_t semaphore;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&steady, &how);
    sem_init(&semaphore, 0, 1);
    pthread_mutex_lock(&mutex);
    struct timespec at = later(CLOCK_REALTIME, 5000000);
    say("cond", pthread_cond_timedwait(&by_day, &mutex, &at) == ETIMEDOUT);
    at = later(CLOCK_MONOTONIC, 5000000);
    say("cond", pthread_cond_timedwait(&steady, &mutex, &at) == ETIMEDOUT);
    at = later(CLOCK_REALTIME, 5000000);
    say("sem", sem_timedwait(&semaphore, &at));
    at = later(CLOCK_REALTIME, 5000000);
    say("sem", sem_timedwait(&semaphore, &at));
}

int main(int argc, char **argv)
{
    line = argc > 1 ? open(strchr(argv[1], '=') + 1, O_RDWR | O_NOCTTY) : -1;
    say("day", us(CLOCK_REALTIME));
    say("time", (long long)time(NULL));
    sleeps();
    timeouts();
    timers();
    octets();
    locks();
    while (us(CLOCK_MONOTONIC) < 500000) { /* one that only looks gets on */
    }
    say("looked", 0);
    return write(line, "done", 4) == 4 && pause() == 0;
}
