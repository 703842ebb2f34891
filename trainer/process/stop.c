#include "trainer/process/stop.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum cause { BY_SIGUSR1, BY_SIGTERM, BY_SIGINT, BY_SIGHUP, BY_TIME, BY_JOB_END, CAUSES };
static const int signals[] = {SIGUSR1, SIGTERM, SIGINT, SIGHUP}; // in the order of their causes
enum { SIGNALS = sizeof signals / sizeof *signals, STATUS_INTERRUPTED = 130 };
enum { URGENT = 1 << BY_SIGTERM | 1 << BY_SIGINT | 1 << BY_SIGHUP };

static atomic_int requested, first; // bits; the bit that came first
static volatile sig_atomic_t interrupts;
static int agreed;
static double program_start;

static struct {
    double at; // on the monotonic clock
    enum cause cause;
    char words[128]; // of BY_TIME
} deadline = {.at = INFINITY};

static void request(enum cause cause)
{
    int none = 0;
    atomic_compare_exchange_strong(&first, &none, 1 << cause);
    atomic_fetch_or(&requested, 1 << cause);
}

static void remember(int number)
{
    if (number == SIGINT) {
        if (interrupts)
            _exit(STATUS_INTERRUPTED);
        interrupts = 1;
    }
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i] == number)
            request((enum cause)i);
}

void stop_start(void)
{
    struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
    program_start = clock_seconds();
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, NULL);
}

int stop_requested(void)
{
    return atomic_load(&requested);
}

int stop_agreed(void)
{
    agreed |= comm_agree(NULL, 0, stop_requested()) & STOP_FLAG;
    return agreed;
}

const char *stop_words(void)
{
    const char *const words[CAUSES] = {
        [BY_SIGUSR1] = "stopped by SIGUSR1",
        [BY_SIGTERM] = "stopped by SIGTERM",
        [BY_SIGINT] = "stopped by SIGINT",
        [BY_SIGHUP] = "stopped by SIGHUP",
        [BY_TIME] = deadline.words,
        [BY_JOB_END] = "stopped: the job's time is over (SLURM_JOB_END_TIME)",
    };
    int bits = atomic_load(&first) ? atomic_load(&first) : agreed;
    for (int cause = 0; cause < CAUSES; cause++)
        if (bits & 1 << cause)
            return words[cause];
    return "stopped";
}

bool stop_is_urgent(void)
{
    return agreed & URGENT;
}

static void end_at(double at, enum cause cause)
{
    if (at < deadline.at) {
        deadline.at = at;
        deadline.cause = cause;
    }
}

void stop_deadline(const char *after)
{
    double seconds;
    int64_t job_end;
    const char *job = getenv("SLURM_JOB_END_TIME");
    if (after) {
        require(text_to_duration(after, &seconds));
        snprintf(deadline.words, sizeof deadline.words, "stopped: --stop-after %s is over", after);
        end_at(program_start + seconds, BY_TIME);
    }
    if (job && text_to_integer(job, &job_end) && job_end > 0)
        end_at(clock_seconds() + (double)(job_end - (int64_t)time(NULL)), BY_JOB_END);
}

void stop_if_late(double needed)
{
    if (clock_seconds() + needed > deadline.at)
        request(deadline.cause);
}
