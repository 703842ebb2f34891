/* From an example to a sentence of the corpus, or to why it is dropped: the one place that decides.
 * Dropped and counted is what is no UTF-8, then what has an empty side (unless it is a part of a
 * running text), then what is longer than --max-length (unless --like or --stream keeps all); with
 * --strict the first of these ends the preparation. So does, once all is read, the first example
 * that is wrong: features that are missing, a label not seen in training, places that the task does
 * not want. What no reader takes (lines.h, columns.h, vectors.h) ends it at once. Sequence:
 * prepare_sentence_init, prepare_sentence_take ..., prepare_sentence_finish,
 * prepare_sentence_release. */
#ifndef PREPARE_SENTENCE_H
#define PREPARE_SENTENCE_H

#include "io/corpus/encode.h"
#include "trainer/prepare/prepare_count.h"
#include "trainer/settings/task.h"

struct prepare_sentence {
    const struct settings *settings;
    const struct task *task;
    const struct corpus *corpus;
    struct encode_room rooms[SIDES];
    struct ids cells[SIDES];
    struct sentence sentence; // the one taken last
    struct prepare_count count;
    int64_t wrong;     // number of the first example of this rank's that is wrong; 0: none
    struct reason why; // in words, with its file and line
};

/* All are borrowed. */
void prepare_sentence_init(struct prepare_sentence *taking, const struct settings *settings,
                           const struct task *task, const struct corpus *corpus);
/* Fills `sentence`; false if the example is dropped or wrong. */
bool prepare_sentence_take(struct prepare_sentence *taking, const struct example *example);
/* [all] The counts of all ranks; ends the program for what was wrong, or dropped under --strict. */
void prepare_sentence_finish(struct prepare_sentence *taking);
void prepare_sentence_release(struct prepare_sentence *taking);

#endif
