/* A shard: the table's row for it, then the file. */
#include "given.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct corpus_shard row = {.file = "shard-00000.h5"};
    struct corpus corpus = {.path = (char *)given_corpus(), .shards = 1, .table = &row};
    corpus.has_text = given_byte(&given) % 2;
    row.sentences = corpus.sentences = given_integer(&given, 2) & 0x7FFF;
    row.tokens[SOURCE] = corpus.tokens[SOURCE] = given_integer(&given, 2) & 0x7FFF;
    row.tokens[TARGET] = corpus.tokens[TARGET] = given_integer(&given, 2) & 0x7FFF;
    given_words(corpus.contents, 50);
    given_sealed(SEALED_SHARD, &given, &row.hash);
    given_read_shard(&corpus);
    given_stream(&corpus);
    for (int side = 0; side < SIDES; side++)
        content_release(&corpus.contents[side]);
    return 0;
}
