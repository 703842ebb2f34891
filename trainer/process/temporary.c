#include "trainer/process/temporary.h"
#include "comm/base/die.h"
#include "io/folder/folder.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char path[PATH_MAX];

static void clear(void *unused)
{
    struct reason why;
    (void)unused;
    if (path[0] && !folder_remove(path, &why))
        fprintf(stderr, "warning: temporary folder '%s': %s\n", path, why.text);
    path[0] = '\0';
}

const char *temporary_open(struct reason *why)
{
    const char *root = getenv("TMPDIR");
    root = root && root[0] ? root : "/tmp";
    require(!path[0]);
    int length = snprintf(path, sizeof path, "%s/chorus-XXXXXX", root);
    if (length < (int)sizeof path && mkdtemp(path)) {
        die_before_ending(clear, NULL);
        return path;
    }
    fail(why, "temporary folder in '%s': %s", root,
         length < (int)sizeof path ? strerror(errno) : "the name is too long");
    path[0] = '\0';
    return NULL;
}

void temporary_close(void)
{
    die_before_ending(NULL, NULL);
    clear(NULL);
}
