/* Files with right checksums and wrong content: each is refused by a check of ours, with a reason,
 * and nothing is read beyond its end (which the sanitizers would see). */
#include "forge.h"

#include "made_corpus.h"

static struct forgery header, shard;
static struct corpus_shard row;
static int forgeries;

static void lengths(int64_t line, int lengths_of[SIDES])
{
    lengths_of[SOURCE] = (int)(line % 5) + 1;
    lengths_of[TARGET] = (int)(line % 3) + 1;
}

static void read_shard(const char *path)
{
    shard.what = SEALED_SHARD;
    forgery_read_array(&shard, path, "/source/ids", SEALED_INT32, 1);
    forgery_read_array(&shard, path, "/source/offsets", SEALED_INT64, 1);
    forgery_read_array(&shard, path, "/target/ids", SEALED_INT32, 1);
    forgery_read_array(&shard, path, "/target/offsets", SEALED_INT64, 1);
    forgery_read_array(&shard, path, "/line", SEALED_INT64, 1);
    forgery_read_array(&shard, path, "/target/text/bytes", SEALED_BYTES, 1);
    forgery_read_array(&shard, path, "/target/text/offsets", SEALED_INT64, 1);
}

static int make_good(void **state)
{
    static const struct made_corpus made = {
        .shards = 1, .sentences = 20, .text = 1, .lengths = lengths};
    struct reason why;
    if (make_folder(state) != 0)
        return -1;
    make_corpus(&made, made_path("corpus"));
    struct corpus *corpus = corpus_open(made_path("corpus"), NULL, &why);
    row = corpus->table[0];
    corpus_close(corpus);
    forgery_read_corpus(&header, made_path("corpus/corpus.h5"), SOURCE);
    read_shard(made_path("corpus/shard-00000.h5"));
    return 0;
}

static int release_good(void **state)
{
    forgery_release(&header);
    forgery_release(&shard);
    return remove_folder(state);
}

/* What stands in the folder is refused, for this reason. */
static void assert_corpus_refused(const char *name, const char *words)
{
    forgeries++;
    assert_corpus(made_path("corpus"), NULL, name, words);
}

static void try_header(const struct forgery *forgery, const char *name, const char *words)
{
    forgery_write(forgery, made_path("corpus/corpus.h5"));
    assert_corpus_refused(name, words);
}

/* The header's table has the forged shard's own hash. */
static void write_header(const struct corpus_shard *rows, int count)
{
    struct reason why;
    struct corpus corpus = {.task = "translate", .has_text = 1, .seed = 7, .shards = count};
    corpus.table = (struct corpus_shard *)rows;
    made_contents(corpus.contents);
    assert_true(corpus_write(made_path("corpus"), &corpus, &why));
    release_contents(corpus.contents);
}

static void try_shard(const struct forgery *forgery, const char *name, const char *words)
{
    struct corpus_shard forged = row;
    forged.hash = forgery_write(forgery, made_path("corpus/shard-00000.h5"));
    write_header(&forged, 1);
    assert_corpus_refused(name, words);
}

static void said(const char *of)
{
    print_message("%s: %d forgeries, all refused\n", of, forgeries);
    forgeries = 0;
}

static void the_copies_are_sound(void **state)
{
    (void)state;
    struct reason why;
    struct corpus_shard same = row;
    same.hash = forgery_write(&shard, made_path("corpus/shard-00000.h5"));
    write_header(&same, 1);
    struct corpus *corpus = corpus_open(made_path("corpus"), NULL, &why);
    assert_true(corpus_check(corpus, &why));
    corpus_close(corpus);
    forgery_write(&header, made_path("corpus/corpus.h5"));
    corpus = corpus_open(made_path("corpus"), NULL, &why);
    assert_non_null(corpus);
    corpus_close(corpus);
}

static void headers_of_another_form_are_refused(void **state)
{
    (void)state;
    forge_each(&header, try_header);
    said("corpus.h5, form");
}

static void shards_of_another_form_are_refused(void **state)
{
    (void)state;
    forge_each(&shard, try_shard);
    said("shard, form");
}

static void wrong_attributes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *group, *name, *text;
        int64_t integer;
        const char *words;
    } list[] = {
        {"/", "task", "a name of more bytes than any task has", 0, "'task' "},
        {"/", "digest", "0", 0, "its digest does not match its content"},
        {"/", "digest", "words", 0, "its digest does not match its content"},
        {"/", "joint", NULL, 2, "attribute 'joint' is neither 0 nor 1"},
        {"/", "has_text", NULL, INT64_MIN, "attribute 'has_text' is neither 0 nor 1"},
        {"/", "format", NULL, 2, "is of format 2"},
        {"/source", "kind", "", 0, "source tokenizer is of an unknown kind"},
        {"/target", "kind", "letters", 0, "target tokenizer is of an unknown kind"},
        {"/target", "kind", "sentencepiece", 0, "SentencePiece"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        static struct forgery forgery;
        forgery = header;
        struct forged_attribute *a = forged_attribute(&forgery, list[i].group, list[i].name);
        strcpy(a->text, list[i].text ? list[i].text : "");
        a->integer = list[i].integer;
        try_header(&forgery, list[i].name, list[i].words);
    }
    said("corpus.h5, attributes");
}

static void wrong_vocabularies_are_refused(void **state)
{
    (void)state;
    static int64_t offsets[MADE_VOCABULARY + 1];
    static const struct {
        int at;
        int64_t value;
        const char *words;
    } list[] = {
        {0, 1, "offsets do not span its bytes"},
        {0, -1, "offsets do not span its bytes"},
        {MADE_VOCABULARY, 100000, "offsets do not span its bytes"},
        {MADE_VOCABULARY, 0, "offsets do not span its bytes"},
        {20, (int64_t)1 << 62, "offsets fall at symbol 20"},
        {20, -5, "offsets fall at symbol 19"},
        {20, INT64_MIN, "offsets fall at symbol 19"},
        {20, 0, "offsets fall at symbol 19"},
        {1, 4, "symbol 0 of the vocabulary is not '<unk>'"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        static struct forgery forgery;
        forgery = header;
        struct forged_array *array = forged_array(&forgery, "/target/vocabulary/offsets");
        memcpy(offsets, array->data, sizeof offsets);
        offsets[list[i].at] = list[i].value;
        array->data = offsets;
        try_header(&forgery, "offsets", list[i].words);
    }
    static struct forgery forgery;
    forgery = header;
    struct forged_array *array = forged_array(&forgery, "/source/vocabulary/offsets");
    for (int count = 0; count < 4; count++) {
        array->dimensions[0] = count;
        try_header(&forgery, "offsets", "vocabular");
    }
    forgery = header;
    array = forged_array(&forgery, "/source/vocabulary/bytes");
    char *bytes = memory_take((size_t)array->dimensions[0]);
    memset(bytes, 'w', (size_t)array->dimensions[0]);
    memcpy(bytes, array->data, 12); // what is reserved
    array->data = bytes;
    try_header(&forgery, "bytes", "of the vocabulary is there twice");
    memory_free(bytes);
    said("corpus.h5, vocabularies");
}

static void garbage_for_a_tokenizer_is_refused(void **state)
{
    (void)state;
    static unsigned char garbage[4096];
    struct random_key key = {.seed = 3};
    static const char *const kinds[] = {"sentencepiece", "words", "characters"};
    for (unsigned i = 0; i < 90; i++) {
        static struct forgery forgery;
        forgery = header;
        struct forged_array *array = forged_array(&forgery, "/source/tokenizer");
        array->dimensions[0] = 1 + (int64_t)random_below(&key, i, sizeof garbage);
        for (size_t at = 0; at < sizeof garbage; at++)
            garbage[at] = (unsigned char)random_word(&key, i * sizeof garbage + at);
        if (i % 10 == 0)
            memset(garbage, 0, sizeof garbage);
        array->data = garbage;
        strcpy(forged_attribute(&forgery, "/source", "kind")->text, kinds[i % 3]);
        try_header(&forgery, kinds[i % 3], ""); // its digest at the latest
    }
    static const struct {
        const char *bytes;
        int64_t length;
        const char *words;
    } symbols[] = {{"a\0b", 3, "hold a NUL"},
                   {"\xff\xfe", 2, "not valid UTF-8"},
                   {"a b", 3, "white space"},
                   {"a\na", 3, "given twice"},
                   {"<s>", 3, "is reserved"}};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        static struct forgery forgery;
        forgery = header;
        struct forged_array *array = forged_array(&forgery, "/source/tokenizer");
        array->dimensions[0] = symbols[i].length;
        memcpy(garbage, symbols[i].bytes, (size_t)symbols[i].length);
        array->data = garbage;
        try_header(&forgery, "symbols", symbols[i].words);
    }
    said("corpus.h5, tokenizers");
}

static void wrong_tables_are_refused(void **state)
{
    (void)state;
    static const char *const damaged = "row 0 of the table of shards is damaged";
    const struct {
        const char *file;
        int64_t sentences, tokens;
        const char *words;
    } list[] = {
        {"", 20, 60, damaged},
        {"../shard-00000.h5", 20, 60, damaged},
        {"/etc/passwd", 20, 60, damaged},
        {"shard-00000.h5x", 20, 60, damaged},
        {"shard-0000000000000000000000000", 20, 60, damaged},
        {"shard-00000.h5", (int64_t)1 << 62, 60, damaged},
        {"shard-00000.h5", INT64_MAX, 60, damaged},
        {"shard-00000.h5", INT64_MIN, 60, damaged},
        {"shard-00000.h5", 20, (int64_t)1 << 62, damaged},
        {"shard-00000.h5", 20, -1, damaged},
        {"shard-00000.h5", (int64_t)1 << 40, 60, "has 20 elements instead of 1099511627776"},
        {"shard-00000.h5", 19, 60, "has 20 elements instead of 19"},
        {"shard-00000.h5", 0, 60, "has 20 elements instead of 0"},
        {"shard-00000.h5", 20, 61, "ends at 60 instead of 61"},
        {"shard-00000.h5", 20, 0, "ends at 60 instead of 0"},
    };
    row.hash = forgery_write(&shard, made_path("corpus/shard-00000.h5"));
    assert_int_equal(row.tokens[SOURCE], 60);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct corpus_shard forged = row;
        memset(forged.file, 0, sizeof forged.file);
        strcpy(forged.file, list[i].file);
        forged.sentences = list[i].sentences;
        forged.tokens[SOURCE] = list[i].tokens;
        write_header(&forged, 1);
        assert_corpus_refused("table", list[i].words);
    }
    struct corpus_shard more[3] = {row, row, row};
    for (int i = 0; i < 3; i++)
        corpus_shard_file(i, more[i].file);
    write_header(more, 3);
    assert_corpus_refused("table", "shard 'shard-00001.h5': No such file or directory");
    strcpy(more[2].file, more[0].file);
    write_header(more, 3);
    assert_corpus_refused("table", "row 2 of the table of shards is damaged");
    static struct forgery forgery;
    forgery = header;
    forged_array(&forgery, "/shards/hash")->dimensions[0] = 2; // the others have one row
    try_header(&forgery, "table", "the table of shards is damaged");
    forgery = header;
    forged_array(&forgery, "/shards/file")->dimensions[1] = 31;
    try_header(&forgery, "table", "the table of shards is damaged");
    said("corpus.h5, table");
}

static void wrong_contents_of_shards_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *array;
        int at;
        int64_t value;
        const char *words;
    } list[] = {
        {"/source/ids", 7, MADE_VOCABULARY, "id 50 at 7 of '/source/ids'"},
        {"/source/ids", 0, INT32_MAX, "id 2147483647 at 0 of '/source/ids'"},
        {"/source/ids", 59, -1, "id -1 at 59 of '/source/ids'"},
        {"/target/ids", 3, INT32_MIN, "id -2147483648 at 3 of '/target/ids'"},
        {"/target/ids", 3, 1, "id 1 at 3 of '/target/ids'"},
        {"/source/offsets", 0, 1, "does not start at 0"},
        {"/source/offsets", 0, -1, "does not start at 0"},
        {"/source/offsets", 5, 0, "falls or leaps at 5"},
        {"/source/offsets", 5, -1, "falls or leaps at 5"},
        {"/source/offsets", 5, INT64_MIN, "falls or leaps at 5"},
        {"/source/offsets", 5, INT64_MAX, "falls or leaps at 5"},
        {"/source/offsets", 5, 1000, "falls or leaps at 6"},
        {"/target/offsets", 20, 1000, "ends at 1000 instead of "},
        {"/target/offsets", 20, 0, "falls or leaps at 20"},
        {"/target/text/offsets", 0, 3, "does not start at 0"},
        {"/target/text/offsets", 4, -3, "falls or leaps at 4"},
        {"/target/text/offsets", 20, (int64_t)1 << 40, "falls or leaps at 20"},
        {"/target/text/offsets", 20, 5000, "ends at 5000 instead of "},
        {"/line", 0, -1, "'/line' does not rise at 0"},
        {"/line", 9, 3, "'/line' does not rise at 9"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        static struct forgery forgery;
        static int64_t copy[64];
        forgery = shard;
        struct forged_array *array = forged_array(&forgery, list[i].array);
        bool small = array->type == SEALED_INT32;
        memcpy(copy, array->data, (size_t)array->dimensions[0] * (small ? 4 : 8));
        if (small)
            ((int32_t *)copy)[list[i].at] = (int32_t)list[i].value;
        else
            copy[list[i].at] = list[i].value;
        array->data = copy;
        try_shard(&forgery, list[i].array, list[i].words);
    }
    for (int i = 0; i < shard.array_count; i++) { // one element more or less
        static struct forgery forgery;
        for (int more = -1; more <= 1; more += 2) {
            forgery = shard;
            forgery.arrays[i].dimensions[0] += more;
            try_shard(&forgery, forgery.arrays[i].name,
                      strstr(forgery.arrays[i].name, "text/bytes") ? "ends at " : "instead of ");
        }
    }
    said("shard, content");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_copies_are_sound),
        cmocka_unit_test(headers_of_another_form_are_refused),
        cmocka_unit_test(shards_of_another_form_are_refused),
        cmocka_unit_test(wrong_attributes_are_refused),
        cmocka_unit_test(wrong_vocabularies_are_refused),
        cmocka_unit_test(garbage_for_a_tokenizer_is_refused),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(wrong_contents_of_shards_are_refused),
    };
    return cmocka_run_group_tests(tests, make_good, release_good);
}
