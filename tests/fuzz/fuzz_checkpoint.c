/* A checkpoint: its settings, tokenizers, state and weights. */
#include "given.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/checkpoint/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    struct snapshot snapshot;
    uint64_t hash;
    const char *path = given_sealed(SEALED_CHECKPOINT, &given, &hash);
    struct checkpoint *checkpoint = checkpoint_open(path, &why);
    struct train_state state;
    if (checkpoint && state_read(&state, checkpoint, &why))
        require(state.update >= 0 && state.epoch >= 0 && state.group >= 0); // stream_seek's claim
    checkpoint_close(checkpoint);
    snapshot_open(&snapshot, path, 1, &why);
    snapshot_close(&snapshot);
    return 0;
}
