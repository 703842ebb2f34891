#include "io/sealed/sealed_hdf5.h"
#include "comm/base/die.h"
#include "io/sealed/sealed.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_once_t started = PTHREAD_ONCE_INIT;
static char library[64];

static void start_library(void)
{
    unsigned major = 0, minor = 0, release = 0;
    H5dont_atexit(); // files are closed by us; after a full disk its own way out can crash
    H5get_libversion(&major, &minor, &release);
    snprintf(library, sizeof library, "HDF5 %u.%u.%u", major, minor, release);
}

void sealed_quiet(void)
{
    pthread_once(&started, start_library);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Eclear2(H5E_DEFAULT);
}

static herr_t take_innermost(unsigned number, const H5E_error2_t *record, void *why)
{
    if (number == 0)
        fail(why, "%s", record->desc ? record->desc : "HDF5 gives no reason");
    return 0;
}

/* "..., errno = 28, error message = 'No space left on device', ..." speaks for the whole record. */
static void shorten(struct reason *why)
{
    static const char mark[] = "error message = '";
    char *message = strstr(why->text, mark);
    if (!message)
        return;
    message += strlen(mark);
    size_t length = strcspn(message, "'");
    memmove(why->text, message, length);
    why->text[length] = '\0';
}

bool sealed_fail(struct reason *why)
{
    fail(why, "HDF5 gives no reason");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, why);
    shorten(why);
    return false;
}

const char *sealed_library(void)
{
    pthread_once(&started, start_library);
    return library;
}

hid_t sealed_file_access(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    require(access >= 0);
    require(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
    require(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0);
    require(H5Pset_file_locking(access, true, true) >= 0);
    return access;
}

bool sealed_move_block(hid_t array, hid_t type, int rank, const hsize_t *start,
                       const hsize_t *extent, void *to, const void *from, struct reason *why)
{
    hid_t space = H5Dget_space(array), memory = H5Screate_simple(rank, extent, NULL);
    bool done = space >= 0 && memory >= 0 &&
                H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL) >= 0 &&
                (to ? H5Dread(array, type, memory, space, H5P_DEFAULT, to)
                    : H5Dwrite(array, type, memory, space, H5P_DEFAULT, from)) >= 0;
    if (!done)
        sealed_fail(why);
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
    return done;
}
