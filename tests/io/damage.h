/* For tests: a file is damaged in many ways, one after the other, and each must be found with a
 * reason of ours, which means before the HDF5 library sees the file. */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "made_files.h"

enum { DAMAGE_FLIPS = 2000, DAMAGE_CUTS = 200, DAMAGE_START = 4096 };

struct damage {
    const char *path;
    bool (*refused)(struct reason *why);
    unsigned char *bytes;
    size_t count;
    int tried, found;
};

static void try_damage(struct damage *damage, const char *what, size_t at)
{
    static const char *const reasons[] = {
        "is not a Chorus file",
        "is damaged",
        "is a Chorus ",
        "checksum of the file does not match",
        "is truncated: has ",
        "is of format version ",
        "its checksum is another",
    };
    struct reason why = {""};
    bool ours = false;
    bool refused = damage->refused(&why);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        ours = ours || strstr(why.text, reasons[i]);
    damage->tried++;
    damage->found += refused && ours;
    if (!refused || !ours)
        print_error("%s at %zu of '%s': %s\n", what, at, damage->path,
                    refused ? why.text : "not found");
}

static void change_byte(struct damage *damage, const char *what, size_t at, unsigned char change)
{
    FILE *file = fopen(damage->path, "r+b");
    assert_non_null(file);
    fseek(file, (long)at, SEEK_SET);
    fputc(damage->bytes[at] ^ change, file);
    fflush(file);
    try_damage(damage, what, at);
    fseek(file, (long)at, SEEK_SET);
    fputc(damage->bytes[at], file);
    fclose(file);
}

static void assert_all_found(struct damage *damage, const char *what)
{
    print_message("%s: %s: %d tried, %d found\n", strrchr(damage->path, '/') + 1, what,
                  damage->tried, damage->found);
    assert_true(damage->tried > 0);
    assert_int_equal(damage->tried, damage->found);
    damage->tried = damage->found = 0;
}

/* refused: opens and reads the file, and says why if it is refused. Afterwards it is as before. */
static void assert_damage_is_found_everywhere(const char *path, bool (*refused)(struct reason *why))
{
    char kept[256]; // made_path() will be called again
    struct reason why;
    struct random_key key = {.seed = 7};
    strcpy(kept, path);
    struct damage damage = {.path = kept, .refused = refused};
    damage.bytes = read_bytes(kept, &damage.count);
    assert_false(refused(&why));
    for (unsigned i = 0; i < DAMAGE_FLIPS; i++)
        change_byte(&damage, "flipped bit", (size_t)random_below(&key, i, damage.count),
                    (unsigned char)(1u << random_word(&key, 2 * i + 100000) % 8));
    assert_all_found(&damage, "flipped bits");
    for (size_t at = 0; at < DAMAGE_START && at < damage.count; at++)
        change_byte(&damage, "changed byte", at,
                    (unsigned char)(1 + random_word(&key, 2 * at + 200000) % 255));
    assert_all_found(&damage, "changed bytes of the first 4 KB");
    for (unsigned i = 0; i < DAMAGE_CUTS; i++) {
        size_t at = i < 20 ? i * 30 : (size_t)random_below(&key, i + 300000, damage.count);
        write_bytes(kept, damage.bytes, at);
        try_damage(&damage, "truncated", at);
    }
    assert_all_found(&damage, "truncations");
    write_bytes(kept, damage.bytes, damage.count);
    assert_false(refused(&why));
    free(damage.bytes);
}

#endif
