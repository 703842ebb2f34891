#include "comm/base/die.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    int rank, size;
    char host[256];
    bool silent;
    void (*tell)(int status, const char *words);
    void (*act)(void *with);
    void *act_with;
    void (*end)(int status);
} speaker = {.size = 1, .end = exit};

/* Seconds that a silent process waits to be ended by the launcher: one that ends first takes the
 * job down, and maybe the one that speaks before it has spoken. */
enum { SILENCE = 3 };

static atomic_flag dying = ATOMIC_FLAG_INIT;
static _Thread_local bool dying_here;

void die_speaker(int rank, int size, const char *host)
{
    speaker.rank = rank;
    speaker.size = size;
    snprintf(speaker.host, sizeof speaker.host, "%s", host);
    speaker.silent = false;
}

void die_silent(void (*tell)(int status, const char *words))
{
    speaker.silent = true;
    speaker.tell = tell;
}

void die_ending(void (*end)(int status))
{
    speaker.end = end;
}

void die_before_ending(void (*act)(void *with), void *with)
{
    speaker.act = act;
    speaker.act_with = with;
}

/* Returns for one thread of the process, once. */
static void be_the_first(int status)
{
    if (dying_here) // what runs at the end fails itself
        _exit(status);
    dying_here = true;
    while (atomic_flag_test_and_set(&dying))
        pause();
}

/* One write(), so that lines of several processes do not mix. */
static void print_line(const char *format, va_list arguments)
{
    static char line[16384];
    const size_t room = sizeof line - 1; // for the newline
    int length = snprintf(line, room, "fatal: ");
    if (speaker.size > 1)
        length += snprintf(line + length, room - (size_t)length,
                           "rank %d of %d (%s): ", speaker.rank, speaker.size, speaker.host);
    vsnprintf(line + length, room - (size_t)length, format, arguments);
    size_t end = strlen(line);
    line[end++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, end);
    (void)written; // nowhere is left to complain to
}

/* To be ended by the launcher; who is not has something to tell that nobody else has. */
static void keep_silent(int status, const char *format, va_list arguments)
{
    static char words[8192];
    sleep(SILENCE);
    if (!speaker.tell)
        return;
    vsnprintf(words, sizeof words, format, arguments);
    dying_here = false;
    atomic_flag_clear(&dying);
    speaker.silent = false;
    speaker.tell(status, words);
}

static void say(int status, const char *format, va_list arguments)
{
    be_the_first(status);
    if (speaker.silent)
        keep_silent(status, format, arguments);
    else
        print_line(format, arguments);
}

static _Noreturn void end_job(int status)
{
    if (speaker.act)
        speaker.act(speaker.act_with);
    speaker.end(status);
    _exit(status);
}

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(STATUS_FAILED, format, arguments);
    va_end(arguments);
    end_job(STATUS_FAILED);
}

void die_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(STATUS_USAGE, format, arguments);
    va_end(arguments);
    end_job(STATUS_USAGE);
}

void die_broken_claim(const char *claim, const char *file, int line)
{
    const char *slash = strrchr(file, '/');
    die("%s:%d: broken claim: %s", slash ? slash + 1 : file, line, claim);
}
