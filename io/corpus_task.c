#include "io/corpus_task.h"
#include <string.h>

static const struct corpus_task tasks[] = {
    {.name = "translate", .sources = 1, .sources_most = 2},
    {.name = "tag", .sources = 1, .sources_most = 1, .target = PLACES_OF_SOURCE, .classes = 1},
    {.name = "classify", .sources = 1, .sources_most = 2, .target = PLACES_ONE, .classes = 1},
    {.name = "generate", .sources = 1, .sources_most = 1},
    {.name = "language-model"},
};

const struct corpus_task *corpus_task_find(const char *name)
{
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(tasks[i].name, name) == 0)
            return &tasks[i];
    return NULL;
}

bool corpus_task_check(const char *name, const struct content contents[SIDES], struct reason *why)
{
    const struct corpus_task *task = corpus_task_find(name);
    const bool first = contents[SOURCE].form != FORM_NONE;
    const bool second = contents[SECOND].form != FORM_NONE;
    const int sources = first + second;
    if (second && !first)
        return fail(why, "has a second source without a first");
    if (task && (sources < task->sources || sources > task->sources_most))
        return fail(why, "is for %s, but has %d source%s", name, sources, sources == 1 ? "" : "s");
    return !task || !task->classes || contents[TARGET].form != FORM_SYMBOLS ||
           contents[TARGET].closed ||
           fail(why, "is for %s, but the symbols of its target are not closed", name);
}

bool corpus_task_fits(const struct corpus_task *task, const enum form forms[SIDES],
                      const int32_t lengths[SIDES], int64_t index, struct reason *why)
{
    const enum corpus_places places = task ? task->target : PLACES_ANY;
    const long long sentence = index;
    const char *plural = lengths[TARGET] == 1 ? "" : "s";
    for (int side = 0; side < SIDES; side++)
        if (forms[side] == FORM_VECTORS && lengths[side] == 0)
            return fail(why, "'/%s' of sentence %lld is empty", side_names[side], sentence);
    if (places == PLACES_OF_SOURCE && lengths[TARGET] != lengths[SOURCE])
        return fail(why, "target of sentence %lld has %d place%s, but its source has %d", sentence,
                    lengths[TARGET], plural, lengths[SOURCE]);
    return places != PLACES_ONE || lengths[TARGET] == 1 ||
           fail(why, "target of sentence %lld has %d place%s instead of one", sentence,
                lengths[TARGET], plural);
}
