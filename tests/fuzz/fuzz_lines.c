/* Text, plain or gzip, and what is done with each line. */
#include "given.h"
#include "io/corpus/examples.h"
#include "io/text/utf8.h"

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
        struct example example;
        struct examples_options options = {
            .pairs = way == 2 ? path : NULL,
            .paths = {[SOURCE] = way < 2 ? path : NULL, [TARGET] = way == 1 ? path : NULL}};
        struct examples *examples = examples_open(&options, &why);
        while (examples && examples_next(examples, &example, &why) > 0)
            for (int side = 0; side < SIDES; side++)
                use(example.side[side].bytes, example.side[side].length);
        examples_close(examples);
    }
    return 0;
}
