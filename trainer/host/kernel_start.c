#include "trainer/host/kernel_start.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "model/product/kernel.h"
#include "trainer/host/host_memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ; // POSIX has it in no header

/* What OpenBLAS takes while it is loaded, where it can: 256 MiB, and the libraries' own beginnings.
 * Where it cannot, it tries for ever. */
enum { LOADING_ADDRESSES = 288 << 20 };

/* Of a rank other than 0 that the launcher has not ended: it is alone in this trouble. */
static void speak_after_all(int status, const char *words)
{
    char host[256] = "";
    (void)status;
    gethostname(host, sizeof host - 1);
    die_speaker(comm_launcher_rank(), comm_launcher_size(), host);
    die("%s", words);
}

/* Before any library begins, MPI included; nor has the C library taken over the environment. */
static void refuse_few_addresses(int argc, char **argv, char **environment)
{
    (void)argc;
    (void)argv;
    int64_t addresses = host_memory_addresses();
    if (addresses >= LOADING_ADDRESSES)
        return;
    environ = environment;
    if (comm_launcher_rank() != 0)
        die_silent(speak_after_all);
    char wanted[32], had[32];
    text_of_bytes(LOADING_ADDRESSES, wanted);
    text_of_bytes(addresses, had);
    die("memory: OpenBLAS needs %s of address space to be loaded, and its limit (ulimit -v) leaves "
        "%s: a higher limit",
        wanted, had);
}

/* Where a C library does not know this section, nothing is refused. */
__attribute__((section(".preinit_array"),
               used)) static void (*const before_libraries)(int, char **,
                                                            char **) = refuse_few_addresses;

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
