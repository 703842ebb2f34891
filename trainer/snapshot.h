/* A run to and from a checkpoint file. Rank 0 writes; the owners of the moments send their parts in
 * slabs. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "io/checkpoint.h"
#include "trainer/run.h"

/* [all] Writes `file` aside and renames it. Any failure ends the program on rank 0; what was there
 * stays. */
void snapshot_write(const struct run *run, const char *file);
/* [all] update-NNNNNNNN.h5 in the run folder, last.h5, best.h5 and what `keep` removes. Sets
 * run->saved. */
void snapshot_save(struct run *run);

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
