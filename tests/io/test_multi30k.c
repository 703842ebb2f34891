/* The plan of the lengths of a real data set. Skipped, with status 77, where it is not there. */
#include "plan_quality.h"

static struct text_lengths lengths;

static int words_of(const char *line)
{
    int words = 0;
    for (const char *c = line; *c && *c != '\n'; c++)
        words += *c != ' ' && (c == line || c[-1] == ' ');
    return words;
}

/* Multi30k, tokenised. */
static int read_lengths(void)
{
    static const char *const names[SIDES] = {[SOURCE] = "de", [TARGET] = "en"};
    const char *shared = getenv("CHORUS_SHARED"), *source = getenv("CHORUS_SOURCE");
    lengths.list = calloc(40000, sizeof *lengths.list);
    for (int side = 0; side < SIDES; side += TARGET) {
        char path[4096], *line = NULL;
        size_t capacity = 0;
        snprintf(path, sizeof path, "%s%s/data/multi30k-en-de/tok/train.lc.norm.tok.%s",
                 shared   ? shared
                 : source ? source
                          : ".",
                 shared ? "" : "/../shared", names[side]);
        FILE *file = fopen(path, "r");
        if (!file)
            return 0;
        lengths.count = 0;
        while (lengths.count < 40000 && getline(&line, &capacity, file) > 0)
            lengths.list[lengths.count++][side] = words_of(line);
        free(line);
        fclose(file);
    }
    return 1;
}

static void real_lengths_balance_and_mix(void **state)
{
    (void)state;
    assert_good_plan(&lengths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(real_lengths_balance_and_mix)};
    int there = read_lengths(), failed = 77;
    if (there)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else
        puts("skipped: the data set multi30k-en-de is not there");
    free(lengths.list);
    return failed;
}
