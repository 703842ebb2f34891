/* Files in a folder that stands for the root. */
#ifndef MADE_ROOT_H
#define MADE_ROOT_H

#include "tests/io/made_files.h"

static void made_file(const char *folder, const char *name, const char *content)
{
    char command[512];
    snprintf(command, sizeof command, "mkdir -p '%s/%s'", made_folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "%s/%s/%s", made_folder, folder, name);
    FILE *file = fopen(command, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

#endif
