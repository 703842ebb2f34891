#include "io/corpus/corpus_rules.h"

bool corpus_rules_check(const struct corpus_rules *rules, const char *task,
                        const struct content contents[SIDES], struct reason *why)
{
    const bool first = contents[SOURCE].form != FORM_NONE;
    const bool second = contents[SECOND].form != FORM_NONE;
    const int sources = first + second;
    if (second && !first)
        return fail(why, "has a second source without a first");
    if (rules && (sources < rules->sources || sources > rules->sources_most))
        return fail(why, "is for %s, but has %d source%s", task, sources, sources == 1 ? "" : "s");
    return !rules || !rules->classes || contents[TARGET].form != FORM_SYMBOLS ||
           contents[TARGET].closed ||
           fail(why, "is for %s, but the symbols of its target are not closed", task);
}

bool corpus_rules_places(const struct corpus_rules *rules, int source, int target, const char *unit,
                         struct reason *what)
{
    const char *plural = target == 1 ? "" : "s";
    if (rules->target == PLACES_OF_SOURCE && target != source)
        return fail(what, "has %d %s%s, but its source has %d", target, unit, plural, source);
    return rules->target != PLACES_ONE || target == 1 ||
           fail(what, "has %d %s%s instead of one", target, unit, plural);
}

bool corpus_rules_fit(const struct corpus_rules *rules, const enum form forms[SIDES],
                      const int32_t lengths[SIDES], int64_t index, struct reason *why)
{
    struct reason what;
    for (int side = 0; side < SIDES; side++)
        if (forms[side] == FORM_VECTORS && lengths[side] == 0)
            return fail(why, "'/%s' of sentence %lld is empty", side_names[side], (long long)index);
    return !rules || corpus_rules_places(rules, lengths[SOURCE], lengths[TARGET], "place", &what) ||
           fail(why, "target of sentence %lld %s", (long long)index, what.text);
}
