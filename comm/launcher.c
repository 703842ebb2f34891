/* The part of comm.h that does not need MPI started: what the launcher's environment says, and the
 * library. */
#include "comm/launcher.h"
#include "comm/comm.h"
#include <math.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

/* The first of these variables that holds a number; fallback if none does. */
static int number_of(const char *const names[], int fallback)
{
    for (; *names; names++) {
        const char *word = getenv(*names);
        int64_t value;
        if (word && text_to_integer(word, &value) && value >= 0 && value <= INT32_MAX)
            return (int)value;
    }
    return fallback;
}

const char *const comm_launcher_variables[] = {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                                               "PMIX_RANK", "PMIX_NAMESPACE", NULL};

static bool of_open_mpi(void)
{
    return getenv("OMPI_COMM_WORLD_RANK") && getenv("OMPI_COMM_WORLD_SIZE");
}

bool launcher_present(void)
{
    return of_open_mpi() || (getenv("PMIX_RANK") && getenv("PMIX_NAMESPACE"));
}

int comm_launcher_rank(void)
{
    const char *const names[] = {of_open_mpi() ? "OMPI_COMM_WORLD_RANK" : "PMIX_RANK", NULL};
    return launcher_present() ? number_of(names, 0) : 0;
}

int comm_launcher_size(void)
{
    const char *const open_mpi[] = {"OMPI_COMM_WORLD_SIZE", NULL};
    const char *const slurm[] = {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS", NULL};
    return launcher_present() ? number_of(of_open_mpi() ? open_mpi : slurm, 1) : 1;
}

double comm_launcher_grace(void)
{
    double seconds = 1;
    const char *word = getenv("OMPI_MCA_odls_base_sigkill_timeout");
    if (!of_open_mpi())
        return INFINITY;
    return word && text_to_real(word, &seconds) ? seconds : 1;
}

/* "Open MPI v4.1.4, package: ..." to "Open MPI 4.1.4"; "MPICH Version:\t4.0.2\n..." to its first
 * line. */
static void shorten(char *version)
{
    version[strcspn(version, ",\n")] = '\0';
    char *v = strstr(version, " v");
    if (v)
        memmove(v + 1, v + 2, strlen(v + 2) + 1);
    for (char *tab; (tab = strchr(version, '\t'));)
        *tab = ' ';
}

const char *comm_library(void)
{
    static char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    if (!launcher_present())
        return "none";
    if (!version[0] && MPI_Get_library_version(version, &length) == MPI_SUCCESS)
        shorten(version);
    return version;
}
