/* A model applied to batches of a block (apply.h), for the verbs that do so, evaluate and
 * validation: what comes of an input is a text, by the model's head and by what its target is made
 * of: a sequence that is searched for, tags in step, a label, vectors. Of a series of vectors,
 * which has no source, it is what is expected at each place behind the target's places before. */
#ifndef APPLICATION_H
#define APPLICATION_H

#include "io/corpus/content.h"
#include "io/stream/pairs.h"
#include "model/search/search.h"
#include "trainer/settings/settings.h"

struct application {
    const struct model *model;
    const float *weights;
    const struct content *target;
    struct search_options search;
    int keep_tokens, probabilities; // tokens instead of text; of each label too
    struct arena *arena;            // reset for each batch
    struct batch batch;
    int64_t first; // number of the block's first input, from 0: for lists of the n best
    /* of this rank's batches, so far */
    int64_t limited; // sentences that reached the limit
    int64_t tokens;
};
/* Greedy, unless the caller says otherwise: application_search. The arena is borrowed. */
void application_init(struct application *application, const struct model *model,
                      const float *weights, const struct content *target, struct arena *arena);
void application_release(struct application *application);
/* [all] As --beam and its companions say, which are refused where nothing is searched for. */
void application_search(struct application *application, const struct settings *settings);
/* Inputs of a batch at most: rows of a beam take memory as sentences do. */
int application_sentences(const struct application *application);

/* What of a sentence is read: its target only where the series is forced through the model. */
struct sentence application_reads(const struct application *application,
                                  const struct sentence *sentence);
/* An apply_batch: of a struct application. */
void application_batch(void *application, const struct pairs_block *block, const int32_t *members,
                       int count, struct text *outputs);
/* Numbers of a vector in their own units, with blanks between; of several frames that were joined a
 * line each. values (dimension). */
void application_add_vector(const struct content *content, const float *values, struct text *text);
/* That of `count` vectors, each with a line end behind it: with one more the format that prepare
 * reads. values (count, width): a vector begins a row. */
void application_add_frames(const struct content *content, const float *values, int64_t count,
                            int width, struct text *text);

/* [all] What it took, on standard error. */
void application_summary(struct application *application, int64_t sentences, double seconds);

#endif
