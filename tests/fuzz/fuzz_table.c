/* corpus.h5 with any numbers in its table of shards, sealed as it should be. */
#include "given.h"
#include "io/corpus/shard_writer.h"
#include <limits.h>
#include <stdio.h>

enum { ROWS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct corpus_shard table[ROWS] = {0};
    struct corpus corpus = {.shards = 1 + given_byte(&given) % ROWS, .table = table};
    struct reason why;
    const char *folder = given_corpus();
    char path[PATH_MAX + 32];
    given_words(corpus.contents, 4);
    corpus.joint = given_byte(&given) % 2;
    for (int i = 0; i < corpus.shards; i++) {
        corpus_shard_file(i, table[i].file);
        if (given_byte(&given) == 255)
            table[i].file[given_byte(&given) % sizeof table[i].file] = (char)given_byte(&given);
        table[i].file[sizeof table[i].file - 1] = '\0';
        table[i].sentences = given_integer(&given, 8);
        table[i].tokens[SOURCE] = given_integer(&given, 8);
        table[i].tokens[TARGET] = given_integer(&given, 8);
    }
    snprintf(path, sizeof path, "%s/corpus.h5", folder);
    remove(path); // of the input before
    require(corpus_write(folder, &corpus, &why));
    for (int side = 0; side < SIDES; side++)
        content_release(&corpus.contents[side]);
    struct corpus *read = corpus_open(folder, NULL, &why);
    if (read) {
        corpus_check(read, &why);
        given_stream(read);
    }
    corpus_close(read);
    return 0;
}
