/* Text, plain or gzip, and what is done with each line. */
#include "given.h"
#include "io/bitext.h"
#include "io/utf8.h"

static void use(const char *bytes, size_t length)
{
    struct text repaired = {0};
    bool valid = utf8_valid(bytes, length);
    utf8_add_repaired(&repaired, bytes, length);
    require(utf8_valid(repaired.bytes ? repaired.bytes : "", repaired.length));
    require(repaired.length >= length);
    require(!valid || !length || !memcmp(repaired.bytes, bytes, length));
    require(utf8_words(bytes, length) <= utf8_characters(bytes, length) || !valid);
    text_release(&repaired);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason why;
    struct given given = {data, size};
    const char *path = given_file(0, &given);
    for (int way = 0; way < 3; way++) { // one side, two sides, TABs between
        struct columns_sentence line;
        struct bitext *bitext = bitext_open(way < 2 ? path : NULL, way == 1 ? path : NULL,
                                            way == 2 ? path : NULL, &why);
        while (bitext && bitext_next(bitext, &line, &why) > 0)
            for (int side = 0; side < 2; side++)
                use(line.bytes[side], line.length[side]);
        if (bitext)
            bitext_close(bitext);
    }
    return 0;
}
