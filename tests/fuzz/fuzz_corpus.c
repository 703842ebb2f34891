/* corpus.h5, whole, and the start of a stream by its table. */
#include "given.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    uint64_t hash;
    const char *folder = given_corpus();
    given_sealed(SEALED_CORPUS, &given, &hash);
    struct corpus *corpus = corpus_open(folder, NULL, &why);
    if (corpus) {
        corpus_check(corpus, &why);
        given_stream(corpus);
    }
    corpus_close(corpus);
    return 0;
}
