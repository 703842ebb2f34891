#include "trainer/process/itself.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "trainer/process/stop.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // POSIX has it in no header

enum { MOST_WORDS = 16, SECOND = 1000 };

static bool is(const char *variable, const char *name)
{
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

static bool stays_here(const char *variable)
{
    bool stays = is(variable, "OPENBLAS_CORETYPE");
    for (int i = 0; comm_launcher_variables[i]; i++)
        stays |= is(variable, comm_launcher_variables[i]);
    return stays;
}

/* Made before the fork: behind it, in a process of several threads, nothing may be allocated. */
static char **environment(const char *variable)
{
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **copy = memory_take((count + 2) * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        if (!stays_here(environ[i]))
            copy[kept++] = environ[i];
    copy[kept] = (char *)variable;
    return copy;
}

static pid_t start(char *const words[], char *const variables[], const int ends[2])
{
    pid_t process = fork();
    if (process != 0)
        return process;
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    execve("/proc/self/exe", words, variables);
    _exit(127);
}

/* All that comes, up to its end; asks the process to stop where this one was asked to. */
static void listen(int end, pid_t process, struct text *output)
{
    char bytes[4096];
    struct pollfd poll_end = {.fd = end, .events = POLLIN};
    bool asked = false;
    for (ssize_t got = 1; got != 0;) {
        point_alive();
        if (stop_requested() && !asked)
            asked = kill(process, SIGTERM) == 0;
        if (poll(&poll_end, 1, SECOND) < 1)
            continue;
        got = read(end, bytes, sizeof bytes);
        if (got > 0)
            text_add(output, bytes, (size_t)got);
        else if (got < 0 && errno != EINTR)
            break;
    }
}

static bool fail_as_it_did(const struct text *output, struct reason *why)
{
    const char *line = output->length ? output->bytes : "without a word";
    size_t length = strlen(line);
    while (length > 0 && line[length - 1] == '\n')
        length--;
    const char *last = line + length;
    while (last > line && last[-1] != '\n')
        last--;
    if (strncmp(last, "fatal: ", 7) == 0)
        last += 7;
    return fail(why, "%.*s", (int)(line + length - last), last);
}

bool itself_run(const char *const words[], const char *variable, struct text *output,
                struct reason *why)
{
    char *all[MOST_WORDS + 2] = {"chorus"};
    for (int i = 0; i < MOST_WORDS && words[i]; i++)
        all[i + 1] = (char *)words[i];
    int ends[2], status = 0;
    if (pipe(ends) != 0)
        return fail(why, "cannot make a pipe: %s", strerror(errno));
    char **variables = environment(variable);
    pid_t process = start(all, variables, ends);
    int trouble = errno;
    memory_free(variables);
    close(ends[1]);
    if (process > 0) {
        listen(ends[0], process, output);
        while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    if (process < 0)
        return fail(why, "cannot start it: %s", strerror(trouble));
    if (stop_requested())
        return fail(why, "%s", stop_words());
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) || fail_as_it_did(output, why);
}
