/* A checkpoint: its settings, tokenizers, state and weights. */
#include "given.h"
#include "trainer/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    struct snapshot snapshot;
    uint64_t hash;
    const char *path = given_sealed(SEALED_CHECKPOINT, &given, &hash);
    struct checkpoint *checkpoint = checkpoint_open(path, &why);
    int64_t integer;
    double number;
    for (int i = 0; checkpoint && snapshot_integers[i]; i++)
        checkpoint_get_integer(checkpoint, snapshot_integers[i], &integer, &why);
    for (int i = 0; checkpoint && snapshot_reals[i]; i++)
        checkpoint_get_real(checkpoint, snapshot_reals[i], &number, &why);
    checkpoint_close(checkpoint);
    snapshot_open(&snapshot, path, 1, &why);
    snapshot_close(&snapshot);
    return 0;
}
