#include "trainer/stop.h"
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const struct {
    int number;
    const char *name;
} signals[] = {{SIGUSR1, "SIGUSR1"}, {SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"}, {SIGHUP, "SIGHUP"}};
enum { SIGNALS = sizeof signals / sizeof *signals, STATUS_INTERRUPTED = 130 };

static volatile sig_atomic_t first_signal, interrupts;

static void remember(int number)
{
    if (number == SIGINT) {
        if (interrupts)
            _exit(STATUS_INTERRUPTED);
        interrupts = 1;
    }
    if (!first_signal)
        first_signal = number;
}

void stop_start(void)
{
    struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i].number, &action, NULL);
}

int stop_requested(void)
{
    return first_signal ? STOP_FLAG : 0;
}

const char *stop_signal(void)
{
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i].number == first_signal)
            return signals[i].name;
    return NULL;
}
