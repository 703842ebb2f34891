#include "trainer/kernel_start.h"
#include "comm/base/die.h"
#include "model/kernel.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const done = "CHORUS_REEXECUTED";

/* True if the variable had another value. */
static bool change(const char *name, const char *value)
{
    const char *now = getenv(name);
    if (now && strcmp(now, value) == 0)
        return false;
    if (setenv(name, value, 1) != 0)
        die("environment: %s: %s", name, strerror(errno));
    return true;
}

void kernel_start(const struct settings *settings, char **argv)
{
    if (getenv(done)) {
        unsetenv(done);
        return;
    }
    struct processor processor;
    struct reason why;
    const char *kernel;
    processor_read(&processor);
    if (!kernel_choose(&processor, settings->kernel ? settings->kernel : "auto",
                       getenv("OPENBLAS_CORETYPE"), &kernel, &why))
        die_usage("%s", why.text);
    bool changed = change("OPENBLAS_NUM_THREADS", "1");
    /* OpenMP's threads wait for each other spinning, for milliseconds by default: with other
     * processes on the same cores (more ranks than cores, a shared machine) that is what they would
     * mostly do. */
    if (!getenv("OMP_WAIT_POLICY") && !getenv("GOMP_SPINCOUNT"))
        changed |= change("GOMP_SPINCOUNT", "10000");
    if (kernel)
        changed |= change("OPENBLAS_CORETYPE", kernel);
    if (!changed)
        return;
    change(done, "1");
    execv("/proc/self/exe", argv);
    die("cannot execute itself for its kernels to take effect: %s (with OPENBLAS_NUM_THREADS=1%s%s "
        "in the environment it need not)",
        strerror(errno), kernel ? " and OPENBLAS_CORETYPE=" : "", kernel ? kernel : "");
}
