/* The matrix products that an update is made of, and what is reached on them: as `product` makes
 * them now, by one call of OpenBLAS, and, for which the program runs itself, with each other kernel
 * of OpenBLAS that this processor executes and with each other maker of products. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/text/json.h"
#include "model/product/kernel.h"
#include "model/product/packed.h"
#include "model/product/threads.h"
#include "trainer/benchmark/benchmark.h"
#include "trainer/benchmark/peak.h"
#include "trainer/benchmark/products_seen.h"
#include "trainer/host/computing.h"
#include "trainer/process/console.h"
#include "trainer/process/itself.h"
#include "trainer/process/stop.h"
#include "trainer/run/update.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROWS_MOST = 24, MAKERS = PRODUCTS_REFERENCE + 1, COLUMNS_MOST = 2 + KERNELS_MOST + MAKERS };
static const char *const question_variable = "CHORUS_BENCHMARK";
const char *const benchmark_ask_peak = "peak";
#define LEAST_SHARE 0.002 // of the arithmetic, of a row
static const char *const form_names[PRODUCT_FORMS] = {"NN", "NT", "TN", "packed"};

/* A way to make products: a column. A new one is a row here. */
static const struct way {
    const char *name;
    void (*one)(enum product_form form, int M, int N, int K, const real *A, int lda, const real *B,
                int ldb, int add, real *C, int ldc);
    bool now; // product_each and packed_product are this way too
} ways[] = {{"now", product, true}, {"one call", product_whole, false}};
enum { WAYS = sizeof ways / sizeof *ways };

struct operands {
    real *numbers;
    struct product_item *items;
    int count;
    struct arena arena; // of PRODUCT_PACKED
    struct packed packed;
};

static struct operands operands_of(const struct product_kind *kind)
{
    struct operands o = {.count = kind->each ? kind->each : 1};
    int64_t a = kind->M * kind->K, b = kind->K * kind->N, c = kind->M * kind->N;
    int64_t all = (a + b + c) * o.count;
    o.numbers = memory_take((size_t)all * sizeof *o.numbers);
    o.items = memory_take((size_t)o.count * sizeof *o.items);
    for (int64_t i = 0; i < all; i++)
        o.numbers[i] = (real)(i % 7) - 3;
    for (int i = 0; i < o.count; i++) {
        real *at = o.numbers + (a + b + c) * i;
        o.items[i] =
            (struct product_item){at, at + a, at + a + b, (int)kind->M, (int)kind->N, (int)kind->K};
    }
    arena_init(&o.arena);
    if (kind->form == PRODUCT_PACKED && packed_pays())
        packed_init(&o.packed, PRODUCT_NN, (int)kind->K, (int)kind->N, o.items[0].B, (int)kind->N,
                    &o.arena);
    return o;
}

static void make(const struct way *way, const struct product_kind *kind, const struct operands *o)
{
    int M = (int)kind->M, N = (int)kind->N, K = (int)kind->K;
    enum product_form form =
        kind->form == PRODUCT_PACKED ? PRODUCT_NN : (enum product_form)kind->form;
    int lda = form == PRODUCT_TN ? M : K, ldb = form == PRODUCT_NT ? K : N;
    if (kind->form == PRODUCT_PACKED && way->now && packed_pays()) {
        packed_product(&o->packed, M, o->items[0].A, K, 0, o->items[0].C, N);
        return;
    }
    if (kind->each && way->now) {
        product_each(form, o->items, o->count, lda, ldb, 0, N);
        return;
    }
    for (int i = 0; i < o->count; i++)
        way->one(form, M, N, K, o->items[i].A, lda, o->items[i].B, ldb, 0, o->items[i].C, N);
}

/* Operations a second: the best of some runs, each of some hundredths of a second. */
static double measure(const struct way *way, const struct product_kind *kind)
{
    const double enough = 0.02;
    struct operands o = operands_of(kind);
    double work = 2.0 * (double)(kind->M * kind->N * kind->K) * o.count, best = 0;
    for (int try = 0; try < 4; try++) {
        double start = clock_seconds(), seconds;
        int64_t made = 0;
        do {
            make(way, kind, &o);
            made++;
            seconds = clock_seconds() - start;
        } while (seconds < enough);
        double rate = work * (double)made / seconds;
        best = rate > best ? rate : best;
        point_alive();
    }
    memory_free(o.numbers);
    memory_free(o.items);
    arena_release(&o.arena);
    return best;
}

bool benchmark_ask(const char *kernel, const char *products, const char *question,
                   struct text *numbers, struct reason *why)
{
    struct text variable = {0};
    char many[16];
    const char *const words[] = {"benchmark",  "--what", "products",  "--kernel", kernel,
                                 "--products", products, "--threads", many,       NULL};
    snprintf(many, sizeof many, "%d", threads());
    text_add_format(&variable, "%s=%s", question_variable, question);
    bool well = itself_run(words, variable.bytes, numbers, why);
    text_release(&variable);
    return well;
}

static void ask_of(const struct product_kind *kinds, int count, struct text *question)
{
    for (int i = 0; i < count; i++)
        text_add_format(question, "%d %d %lld %lld %lld;", (int)kinds[i].form, kinds[i].each,
                        (long long)kinds[i].M, (long long)kinds[i].N, (long long)kinds[i].K);
}

static int answer(const char *question)
{
    struct text numbers = {0};
    int form, length;
    struct product_kind kind;
    long long M, N, K;
    if (strcmp(question, benchmark_ask_peak) == 0)
        text_add_format(&numbers, "%.6g\n", peak_sgemm());
    for (; sscanf(question, "%d %d %lld %lld %lld;%n", &form, &kind.each, &M, &N, &K, &length) == 5;
         question += length) {
        kind.form = form;
        kind.M = M, kind.N = N, kind.K = K;
        text_add_format(&numbers, "%.6g\n", measure(&ways[0], &kind));
    }
    console_write(&numbers);
    text_release(&numbers);
    return STATUS_DONE;
}

struct column {
    char name[32];
    double rates[ROWS_MOST]; // operations a second
};

/* A column more, if it can be had. name: of the kernel or of the maker. */
static int run_itself(const char *kernel, const char *products, const char *name,
                      const struct product_kind *kinds, int count, struct column *column)
{
    struct reason why;
    struct text question = {0}, numbers = {0};
    if (stop_requested())
        return 0;
    ask_of(kinds, count, &question);
    bool well = benchmark_ask(kernel, products, question.bytes, &numbers, &why);
    char *at = numbers.bytes;
    for (int i = 0; well && i < count; i++)
        column->rates[i] = strtod(at, &at);
    snprintf(column->name, sizeof column->name, "%s", name);
    if (!well)
        fprintf(stderr, "warning: %s: %s\n", name, why.text);
    text_release(&question);
    text_release(&numbers);
    return well;
}

/* On rank 0. Returns the number of columns. */
static int measure_all(const struct settings *settings, const struct product_kind *kinds, int count,
                       struct column *columns)
{
    const char *const *makers = settings_table[settings_row("products")].choices;
    struct processor processor;
    const char *names[KERNELS_MOST];
    int made = 0;
    for (; made < WAYS; made++) {
        snprintf(columns[made].name, sizeof columns[made].name, "%s", ways[made].name);
        for (int i = 0; i < count; i++)
            columns[made].rates[i] = measure(&ways[made], &kinds[i]);
    }
    processor_read(&processor);
    int kernels = kernel_usable(&processor, names);
    for (int k = 0; k < kernels; k++)
        if (strcasecmp(names[k], product_kernel()) != 0)
            made += run_itself(names[k], makers[settings->products], names[k], kinds, count,
                               &columns[made]);
    for (int m = 0; m < MAKERS; m++)
        if (m != settings->products && product_there((enum products)m))
            made +=
                run_itself(product_kernel(), makers[m], makers[m], kinds, count, &columns[made]);
    return made;
}

/* What is reached on all of them, one after the other. */
static double together(const struct product_kind *kinds, int count, const struct column *column)
{
    double work = 0, seconds = 0;
    for (int i = 0; i < count; i++) {
        work += 2 * kinds[i].work;
        seconds += 2 * kinds[i].work / column->rates[i];
    }
    return work / seconds;
}

struct found {
    const struct product_kind *kinds;
    int count;   // that are told: the rest is too little
    double work; // of all
    struct column columns[COLUMNS_MOST];
    int column_count;
};

static void add_line(const struct found *found, int row, struct text *text)
{
    const struct product_kind *kind = &found->kinds[row];
    char each[16] = "";
    if (kind->each)
        snprintf(each, sizeof each, "%d x ", kind->each);
    text_add_format(text, "%-6s %6s%5lld %5lld %5lld %8lld %6.1f %%", form_names[kind->form], each,
                    (long long)kind->M, (long long)kind->N, (long long)kind->K,
                    (long long)kind->products, 100 * kind->work / found->work);
    for (int c = 0; c < found->column_count; c++)
        text_add_format(text, " %*.1f", (int)strlen(found->columns[c].name) + 2,
                        found->columns[c].rates[row] / 1e9);
    text_add_format(text, "\n");
}

static void table(const struct benchmark *benchmark, const struct found *found, struct text *text)
{
    benchmark_head(benchmark, text);
    text_add_format(text, "\nform              M     N     K   products  share");
    for (int c = 0; c < found->column_count; c++)
        text_add_format(text, "   %s", found->columns[c].name);
    text_add_format(text, "   (GFLOP/s)\n");
    for (int row = 0; row < found->count; row++)
        add_line(found, row, text);
    text_add_format(text, "%-51s", "together");
    for (int c = 0; c < found->column_count; c++)
        text_add_format(text, " %*.1f", (int)strlen(found->columns[c].name) + 2,
                        together(found->kinds, found->count, &found->columns[c]) / 1e9);
    text_add_format(text, "\n");
}

static void object(const struct benchmark *benchmark, const struct found *found, struct text *json)
{
    benchmark_head_json(benchmark, "products", json);
    json_open_list(json, "products");
    for (int row = 0; row < found->count; row++) {
        const struct product_kind *kind = &found->kinds[row];
        json_open(json, NULL);
        json_text(json, "form", form_names[kind->form]);
        json_integer(json, "each", kind->each);
        json_integer(json, "M", kind->M);
        json_integer(json, "N", kind->N);
        json_integer(json, "K", kind->K);
        json_integer(json, "products", kind->products);
        json_real(json, "share", kind->work / found->work);
        json_open(json, "gflops");
        for (int c = 0; c < found->column_count; c++)
            json_real(json, found->columns[c].name, found->columns[c].rates[row] / 1e9);
        json_close(json);
        json_close(json);
    }
    json_close_list(json);
    json_close(json);
    text_add(json, "\n", 1);
}

/* [all] An update of rank 0's is looked at, the second. */
static void look(struct benchmark *benchmark, struct found *found)
{
    struct update_result result;
    for (int i = 0; i < 2; i++) {
        const struct feed_group *group = benchmark_next(benchmark);
        if (i == 1)
            products_seen_start();
        update_run(&benchmark->run, group, 0, &result);
        benchmark_done(benchmark);
    }
    int count = products_seen_stop(&found->kinds);
    for (int i = 0; i < count; i++)
        found->work += found->kinds[i].work;
    while (found->count < count && found->count < ROWS_MOST &&
           found->kinds[found->count].work > LEAST_SHARE * found->work)
        found->count++;
}

int benchmark_products(struct settings *settings)
{
    struct benchmark benchmark;
    struct found found = {0};
    const char *question = getenv(question_variable);
    if (question) {
        computing_start(settings);
        return answer(question);
    }
    benchmark_open(&benchmark, settings);
    benchmark_peak(&benchmark);
    look(&benchmark, &found);
    if (comm_rank() == 0)
        found.column_count = measure_all(settings, found.kinds, found.count, found.columns);
    benchmark_poll();
    if (comm_rank() == 0) {
        struct text text = {0};
        if (settings->json)
            object(&benchmark, &found, &text);
        else
            table(&benchmark, &found, &text);
        console_write(&text);
        text_release(&text);
    }
    benchmark_close(&benchmark);
    return STATUS_DONE;
}
