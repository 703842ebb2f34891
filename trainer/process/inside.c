#include "trainer/process/inside.h"
#include "comm/base/die.h"
#include "io/folder/folder.h"
#include <limits.h>

void refuse_inside(const char *name, const char *path)
{
    char folder[PATH_MAX];
    enum folder_kind kind = folder_around(path, folder);
    if (kind != FOLDER_OTHER)
        die_usage("--%s '%s': lies inside the %s '%s'", name, path,
                  kind == FOLDER_CORPUS ? "corpus" : "run", folder);
}
