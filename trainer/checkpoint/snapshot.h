/* What a checkpoint holds: the settings that make the model and its training, where a run stands
 * (state.h), what the model's sides are made of, and blocks of arrays. The file itself is
 * io/run/checkpoint.h's. A run goes to it and back by trainer/run/run_blocks.h; a verb that applies
 * a model opens a snapshot: no more than it needs. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "comm/tree.h"
#include "io/run/checkpoint.h"
#include "model/model.h"
#include "trainer/settings/settings.h"

/* Blocks of arrays, one array for each parameter: weights, moments and the average of the weights;
 * and one array (lanes, .) of what a running text carries from update to update. */
enum snapshot_block {
    SNAPSHOT_WEIGHTS,
    SNAPSHOT_FIRST,
    SNAPSHOT_SECOND,
    SNAPSHOT_AVERAGE,
    SNAPSHOT_CARRIED,
    SNAPSHOT_BLOCKS
};
extern const char *const snapshot_block_names[SNAPSHOT_BLOCKS];
/* Does a checkpoint with these settings hold the block? */
bool snapshot_has(const struct settings *settings, enum snapshot_block block);
enum snapshot_block snapshot_used(const struct settings *settings); // as weights, but for training

/* The block has every parameter, of the model's shape, and no other: known before memory is
 * taken. */
bool snapshot_check(const struct parameters *parameters, struct checkpoint *checkpoint,
                    enum snapshot_block block, struct reason *why);
/* That part of it into data (part.count). */
bool snapshot_read(const struct parameters *parameters, struct checkpoint *checkpoint,
                   enum snapshot_block block, struct range part, float *data, struct reason *why);

/* The settings that stand in a checkpoint, to the file. */
bool snapshot_write_settings(const struct settings *settings, struct checkpoint_writer *writer,
                             struct reason *why);
/* What it says of the setting of that row, in words: its default of one that came later and is not
 * there. NULL: nothing. */
const char *snapshot_setting(const struct checkpoint *checkpoint, int row);

/* What whoever applies a model, or looks at it, needs of a checkpoint: the model by its settings,
 * the weights (averaged ones where there are), what its sides are made of. */
struct snapshot {
    struct settings settings; // as in the checkpoint, the rest defaults
    struct content contents[SIDES];
    struct model model;
    float *weights; // NULL unless asked for
};
bool snapshot_open(struct snapshot *snapshot, const char *file, int with_weights,
                   struct reason *why);
/* [all] How a verb begins that computes with the model of --model: what computes (computing.h), the
 * snapshot with its weights, what memory there is. A failure ends the run. */
void snapshot_load(struct snapshot *snapshot, const struct settings *settings);
void snapshot_close(struct snapshot *snapshot);

#endif
