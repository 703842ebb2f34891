/* For tests: corpora of every kind of side. */
#ifndef MADE_SIDES_H
#define MADE_SIDES_H

#include "made_corpus.h"

enum { DIMENSION = 3 };

static __attribute__((unused)) void add_features(struct content *content)
{
    content->feature_count = 2;
    made_words(&content->features[0], 10);
    made_words(&content->features[1], 7);
}

static __attribute__((unused)) void second_source(struct content contents[SIDES])
{
    made_contents(contents);
    made_symbols(&contents[SECOND]);
}

static __attribute__((unused)) void with_features(struct content contents[SIDES])
{
    made_contents(contents);
    add_features(&contents[SOURCE]);
    contents[TARGET].closed = 1;
}

static __attribute__((unused)) void vectors_as_source(struct content contents[SIDES])
{
    made_contents(contents);
    content_release(&contents[SOURCE]);
    made_vectors(&contents[SOURCE], DIMENSION);
}

static __attribute__((unused)) void vectors_as_target(struct content contents[SIDES])
{
    made_contents(contents);
    content_release(&contents[TARGET]);
    made_vectors(&contents[TARGET], DIMENSION);
}

static __attribute__((unused)) void target_alone(struct content contents[SIDES])
{
    memset(contents, 0, SIDES * sizeof *contents);
    made_symbols(&contents[TARGET]);
}

#endif
