/* What a checkpoint holds of a run, to the file (saver.h writes it) and back. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "io/checkpoint.h"
#include "trainer/run.h"

/* Blocks of arrays, one array for each parameter: weights and moments. */
enum snapshot_block { SNAPSHOT_WEIGHTS, SNAPSHOT_FIRST, SNAPSHOT_SECOND, SNAPSHOT_BLOCKS };
extern const char *const snapshot_block_names[SNAPSHOT_BLOCKS];

/* All but the arrays: settings (a text that is its default is left out) and tokenizers of the run,
 * and this state. */
bool snapshot_write_head(const struct run *run, const struct train_state *state,
                         struct checkpoint_writer *writer, struct reason *why);

/* The state alone; one that no run can have come to is refused. */
bool snapshot_state(struct train_state *state, struct checkpoint *checkpoint, struct reason *why);
/* State, weights and this rank's part of the moments. */
bool snapshot_read(struct run *run, struct checkpoint *checkpoint, struct reason *why);

/* What translate, score and inspect need of a checkpoint: the model by its settings, the weights,
 * the tokenizers. */
struct snapshot {
    struct settings settings; // as in the checkpoint, the rest defaults
    struct tokenizer tokenizers[SIDES];
    struct model model;
    float *weights; // NULL unless asked for
};
bool snapshot_open(struct snapshot *snapshot, const char *file, int with_weights,
                   struct reason *why);
void snapshot_close(struct snapshot *snapshot);

/* The names of the state's values, for `inspect`: integers, then reals; NULL-terminated. */
extern const char *const snapshot_integers[], *const snapshot_reals[];
/* The settings that stand in a checkpoint, as the file has them. */
bool snapshot_settings(struct settings *settings, const struct checkpoint *checkpoint,
                       struct reason *why);

#endif
