#include "trainer/settings/settings_agree.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include <stdio.h>
#include <string.h>

/* Name and value of each setting, each with its NUL; the command first. Hosts may have other
 * numbers of cores, and threads change no result. */
static void describe(const struct settings *settings, enum command command, struct text *all)
{
    struct text value = {0};
    text_add(all, "command", sizeof "command");
    text_add(all, command_name(command), strlen(command_name(command)) + 1);
    for (int row = 0; row < settings_count; row++) {
        const char *name = settings_table[row].name;
        text_clear(&value);
        if (strcmp(name, "threads") == 0)
            continue;
        if (!settings_get(settings, row, &value))
            text_clear(&value);
        text_add(all, name, strlen(name) + 1);
        text_add(all, value.length ? value.bytes : "", value.length + 1);
    }
    text_release(&value);
}

/* In one line, and no longer than a line should be. */
static void show(const char *value, char shown[64])
{
    if (value[0])
        snprintf(shown, 64, "'%.*s'",
                 (int)strcspn(value, "\n") < 56 ? (int)strcspn(value, "\n") : 56, value);
    else
        snprintf(shown, 64, "not given");
}

/* The first that differs, in words, into trouble; false if none does. */
static bool differs(const struct text *mine, const struct text *first, char *trouble,
                    size_t capacity)
{
    const char *a = mine->bytes, *b = first->bytes;
    const char *end = a + mine->length, *other_end = b + first->length;
    while (a < end && b < other_end && strcmp(a, b) == 0) {
        const char *value = a + strlen(a) + 1, *other = b + strlen(b) + 1;
        if (strcmp(value, other) != 0) {
            char here[64], there[64];
            show(value, here);
            show(other, there);
            snprintf(trouble, capacity, "%s%s is %s here, but %s on rank 0: start all ranks alike",
                     a == mine->bytes ? "" : "--", a, here, there);
            return true;
        }
        a = value + strlen(value) + 1;
        b = other + strlen(other) + 1;
    }
    if (a == end && b == other_end)
        return false;
    snprintf(trouble, capacity,
             "has other settings than rank 0: install the same chorus on all hosts");
    return true;
}

void settings_agree(const struct settings *settings, enum command command)
{
    char trouble[512];
    struct text mine = {0}, first = {0};
    describe(settings, command, &mine);
    text_add(&first, mine.bytes, mine.length);
    comm_broadcast_text(&first, 0);
    bool alike = !differs(&mine, &first, trouble, sizeof trouble);
    text_release(&mine);
    text_release(&first);
    comm_agree(alike ? NULL : trouble, STATUS_USAGE, 0);
}
