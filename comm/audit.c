#include "comm/audit.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/comm.h"

/* hashes: (size, count), a rank's pieces in a row. */
struct hashes {
    uint64_t *of;
    int size, count;
};

static uint64_t hash_of(const struct hashes *hashes, int rank, int piece)
{
    return hashes->of[rank * (int64_t)hashes->count + piece];
}

/* What more than half of the ranks have, otherwise what rank 0 has (Boyer and Moore's vote). */
static uint64_t accepted(const struct hashes *hashes, int piece)
{
    uint64_t candidate = 0;
    int lead = 0, votes = 0;
    for (int rank = 0; rank < hashes->size; rank++) {
        uint64_t hash = hash_of(hashes, rank, piece);
        if (!lead)
            candidate = hash;
        lead += hash == candidate ? 1 : -1;
    }
    for (int rank = 0; rank < hashes->size; rank++)
        votes += hash_of(hashes, rank, piece) == candidate;
    return 2 * votes > hashes->size ? candidate : hash_of(hashes, 0, piece);
}

static bool compare(const struct hashes *hashes, const struct audit_piece *pieces,
                    struct reason *why)
{
    for (int rank = 0; rank < hashes->size; rank++)
        for (int piece = 0; piece < hashes->count; piece++)
            if (hash_of(hashes, rank, piece) != accepted(hashes, piece))
                return fail(why, "weights of rank %d (%s) differ from the others' in '%s'", rank,
                            comm_host_of(rank), pieces[piece].name);
    return true;
}

bool audit(const float *weights, const struct audit_piece *pieces, int count, struct reason *why)
{
    const size_t bytes = (size_t)count * sizeof(uint64_t);
    uint64_t *mine = memory_take(bytes);
    for (int piece = 0; piece < count; piece++) {
        struct range range = pieces[piece].range;
        mine[piece] = hash_bytes(weights + range.first, (size_t)range.count * sizeof *weights);
    }
    struct hashes all = {memory_take(bytes * (size_t)comm_size()), comm_size(), count};
    comm_all_gather(mine, bytes, all.of);
    bool same = compare(&all, pieces, why);
    memory_free(all.of);
    memory_free(mine);
    return same;
}
