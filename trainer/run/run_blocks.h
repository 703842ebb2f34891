/* A run's arrays as a checkpoint has them (snapshot.h): what of them is on which rank; and a run to
 * its checkpoint (saver.h writes the arrays) and back. */
#ifndef RUN_BLOCKS_H
#define RUN_BLOCKS_H

#include "trainer/checkpoint/snapshot.h"
#include "trainer/run/run.h"

/* What of a block is this rank's: all of the weights, its part of the others. NULL where it is
 * not. */
float *run_block(const struct run *run, enum snapshot_block block);
/* Elements of the whole block, and a rank's share of those that are spread over the ranks. */
int64_t run_block_elements(const struct run *run, enum snapshot_block block);
struct range run_block_share(const struct run *run, enum snapshot_block block, int rank);
/* Its array i; false behind the last. */
struct block_array {
    const char *name;
    int64_t first;
    int rows, columns; // columns 0: a vector
};
bool run_block_array(const struct run *run, enum snapshot_block block, int i,
                     struct block_array *array);

/* All but the arrays: settings and contents of the run, and this state. */
bool run_write_head(const struct run *run, const struct train_state *state,
                    struct checkpoint_writer *writer, struct reason *why);
/* State, weights and this rank's part of the other blocks. */
bool run_read(struct run *run, struct checkpoint *checkpoint, struct reason *why);

#endif
