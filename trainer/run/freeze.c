#include "trainer/run/freeze.h"
#include "comm/base/memory.h"
#include <string.h>

/* Does the parameter's name begin with this one of the list? */
static bool begins(const struct parameter *p, const char *name, size_t length)
{
    return strncmp(p->name, name, length) == 0 &&
           (p->name[length] == '.' || p->name[length] == '\0');
}

/* "attention, decoder, ...": the first parts of the names, each once. */
static void add_tops(const struct parameters *parameters, struct text *words)
{
    for (int i = 0; i < parameters->count; i++) {
        const char *name = parameters->list[i].name;
        size_t length = strcspn(name, ".");
        int before = 0;
        while (!begins(&parameters->list[before], name, length))
            before++;
        if (before == i)
            text_add_format(words, "%s%.*s", words->length ? ", " : "", (int)length, name);
    }
}

static void mark(const char *name, size_t length, const struct parameters *parameters, bool *frozen,
                 struct faults *faults)
{
    bool found = false;
    for (int i = 0; i < parameters->count; i++) {
        bool one = length > 0 && begins(&parameters->list[i], name, length);
        frozen[i] |= one;
        found |= one;
    }
    struct text tops = {0};
    add_tops(parameters, &tops);
    if (!found)
        faults_add(faults, "--freeze: no parameter is called '%.*s': there are %s", (int)length,
                   name, tops.bytes);
    text_release(&tops);
}

void freeze_init(struct freeze *freeze, const char *names, const struct parameters *parameters,
                 struct faults *faults)
{
    *freeze = (struct freeze){0};
    if (!names)
        return;
    bool *frozen = memory_take((size_t)parameters->count * sizeof *frozen);
    for (const char *end = names - 1; end == names - 1 || *end;) {
        const char *name = end + 1 + strspn(end + 1, " ");
        end = name + strcspn(name, ",");
        mark(name, strcspn(name, ","), parameters, frozen, faults);
    }
    freeze->ranges = memory_take((size_t)parameters->count * sizeof *freeze->ranges);
    int64_t left = parameters->total;
    for (int i = 0; i < parameters->count; i++) {
        int64_t first = parameters->list[i].first;
        int64_t end = parameters_end(parameters, i);
        if (!frozen[i])
            continue;
        freeze->ranges[freeze->count++] = (struct range){first, end - first};
        left -= end - first;
    }
    if (left == 0)
        faults_add(faults, "--freeze %s: nothing is left to train", names);
    memory_free(frozen);
}

void freeze_release(struct freeze *freeze)
{
    memory_free(freeze->ranges);
}

static int64_t end_of(struct range range)
{
    return range.first + range.count;
}

void freeze_clear(const struct freeze *freeze, struct range part, float *gradient)
{
    for (int i = 0; i < freeze->count; i++) {
        struct range range = freeze->ranges[i];
        int64_t first = range.first > part.first ? range.first : part.first;
        int64_t end = end_of(range) < end_of(part) ? end_of(range) : end_of(part);
        if (first < end)
            memset(gradient + (first - part.first), 0, (size_t)(end - first) * sizeof *gradient);
    }
}

struct range freeze_next(const struct freeze *freeze, struct range range)
{
    int64_t first = range.first, end = end_of(range);
    for (int i = 0; i < freeze->count && freeze->ranges[i].first < end; i++) {
        struct range frozen = freeze->ranges[i];
        if (frozen.first <= first && end_of(frozen) > first)
            first = end_of(frozen);
        else if (frozen.first > first)
            end = frozen.first;
    }
    return (struct range){first, first < end ? end - first : 0};
}
