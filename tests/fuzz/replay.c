/* replay FOLDER: a target over every file of a folder, without libFuzzer: what was found once stays
 * mended, under any compiler. */
#include "given.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* What small inputs may make us hold: much more is a size that was believed. */
enum { MEMORY_MOST = 64 * 1024 * 1024 };

static void replay(const char *folder, const char *name)
{
    struct text path = {0};
    text_add_format(&path, "%s/%s", folder, name);
    FILE *file = fopen(path.bytes, "rb");
    require(file && fseek(file, 0, SEEK_END) == 0);
    size_t size = (size_t)ftell(file);
    uint8_t *bytes = malloc(size ? size : 1); // of its own, so that reading past its end shows
    rewind(file);
    require(bytes && fread(bytes, 1, size, file) == size);
    fclose(file);
    printf("%s\n", name);
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    text_release(&path);
    require(memory_count().peak < MEMORY_MOST);
    require(memory_count().bytes == 0);
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder)
        die("replay: no folder of inputs");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.') {
            replay(argv[1], entry->d_name);
            count++;
        }
    closedir(folder);
    if (!count)
        die("replay: '%s' holds no inputs", argv[1]);
    return 0;
}
