/* What a checkpoint holds of a run, to the file (saver.h writes it) and back. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "io/checkpoint.h"
#include "trainer/run.h"

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
/* What of it is this rank's: all of the weights, its part of the others. NULL where it is not. */
float *snapshot_block_of(const struct run *run, enum snapshot_block block);
/* Elements of the whole block, and a rank's share of those that are spread over the ranks. */
int64_t snapshot_elements(const struct run *run, enum snapshot_block block);
struct range snapshot_share(const struct run *run, enum snapshot_block block, int rank);
/* Its array i; false behind the last. */
struct snapshot_array {
    const char *name;
    int64_t first;
    int rows, columns; // columns 0: a vector
};
bool snapshot_array(const struct run *run, enum snapshot_block block, int i,
                    struct snapshot_array *array);

/* All but the arrays: settings and contents of the run, and this state. */
bool snapshot_write_head(const struct run *run, const struct train_state *state,
                         struct checkpoint_writer *writer, struct reason *why);

/* The state alone; one that no run can have come to is refused. */
bool snapshot_state(struct train_state *state, struct checkpoint *checkpoint, struct reason *why);
/* State, weights and this rank's part of the other blocks. */
bool snapshot_read(struct run *run, struct checkpoint *checkpoint, struct reason *why);

/* What translate, score and inspect need of a checkpoint: the model by its settings, the weights
 * (averaged ones where there are), what its sides are made of. */
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

/* The names of the state's values, for `inspect`: integers, then reals; NULL-terminated. */
extern const char *const snapshot_integers[], *const snapshot_reals[];
/* What a checkpoint says of the setting of that row, in words: its default of one that came later
 * and is not there. NULL: nothing. */
const char *snapshot_setting(const struct checkpoint *checkpoint, int row);
/* The settings that stand in a checkpoint, as the file has them. */
bool snapshot_settings(struct settings *settings, const struct checkpoint *checkpoint,
                       struct reason *why);

#endif
