/* Columns: which two, then the file. */
#include "given.h"
#include "io/text/columns.h"

static int count_words(const char *line, size_t length)
{
    int words = length > 0;
    for (size_t i = 0; i < length; i++) {
        words += line[i] == ' ';
        require(line[i] != ' ' || (i > 0 && line[i - 1] != ' ' && i + 1 < length));
    }
    return words;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    struct columns_sentence line;
    int source = given_byte(&given) % 8, target = given_byte(&given) % 8;
    struct columns *columns = columns_open(given_file(0, &given), source, target, &why);
    while (columns && columns_next(columns, &line, &why) > 0) {
        int words = count_words(line.bytes[0], line.length[0]);
        require(words > 0 && words == count_words(line.bytes[1], line.length[1]));
    }
    columns_close(columns);
    return 0;
}
