/* Translating batches of a block (apply.h): for translate, evaluate and validation. */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include "io/pairs.h"
#include "model/model.h"
#include "trainer/settings.h"

struct translation {
    const struct settings *settings; // how: of the command that asks
    const struct model *model;
    const float *weights;
    int source_end;
    const struct tokenizer *target;
    struct arena *arena; // reset for each batch
    struct batch batch;
    /* of this rank's batches, so far */
    int64_t limited; // sentences that reached the limit
    int64_t tokens;
};
/* The members down to `arena` are the caller's to set. */
void translation_init(struct translation *translation);
void translation_release(struct translation *translation);
/* An apply_batch: of a struct translation. */
void translate_batch(void *translation, const struct pairs_block *block, const int32_t *members,
                     int count, struct text *translations);
/* [all] What it took, on standard error. */
void translation_summary(struct translation *translation, int64_t sentences, double seconds);

#endif
