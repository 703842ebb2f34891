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

bool corpus_rules_fit(const struct corpus_rules *rules, const enum form forms[SIDES],
                      const int32_t lengths[SIDES], int64_t index, struct reason *why)
{
    const enum corpus_places places = rules ? rules->target : PLACES_ANY;
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
