/* The only home of dnnl.h (oneDNN, oneapi-src.github.io/oneDNN; version 2). float32 that is used
 * once goes by its sgemm. bfloat16, and weights that are laid out, go by its matmul primitive: one
 * for each shape, made when it is first met and kept by the thread. */
#ifdef CHORUS_ONEDNN
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "model/product/kernel.h"
#include "model/product/product_library.h"
#include "model/product/threads.h"
#include <dnnl.h>
#include <stdio.h>

enum {
    BLOCK =
        512,   // of each dimension, converted to bfloat16 at a time; columns laid out in one piece
    ROWS = 64, // that a layout is asked for
    KEPT = 256 // primitives of a thread
};

/* Anything but want of memory is a broken claim of ours. */
static void well(dnnl_status_t status)
{
    if (status == dnnl_out_of_memory)
        memory_gone();
    require(status == dnnl_success);
}

static dnnl_engine_t engine(void)
{
    static _Thread_local dnnl_engine_t made;
    if (!made)
        well(dnnl_engine_create(&made, dnnl_cpu, 0));
    return made;
}

static dnnl_stream_t stream(void)
{
    static _Thread_local dnnl_stream_t made;
    if (!made)
        well(dnnl_stream_create(&made, engine(), dnnl_stream_default_flags));
    return made;
}

static dnnl_data_type_t type_of(enum precision precision)
{
    return precision == PRECISION_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
}

/* Elements (rows, columns), so far apart. */
static dnnl_memory_desc_t matrix(dnnl_data_type_t type, int rows, int columns, int64_t down,
                                 int64_t along)
{
    dnnl_memory_desc_t described;
    const dnnl_dims_t size = {rows, columns}, strides = {down, along};
    well(dnnl_memory_desc_init_by_strides(&described, 2, size, type, strides));
    return described;
}

/* A product as a primitive knows it: its shape, and where rows are. */
struct key {
    int M, N, K, lda, ldc, add, laid_out; // laid_out: B is as layout_of says, else its rows are N
    enum precision precision;
};
struct prepared {
    struct key key;
    dnnl_primitive_t primitive;
    dnnl_memory_t A, B, C;
};

static dnnl_primitive_desc_t describe(const struct key *key, const dnnl_memory_desc_t *B)
{
    dnnl_memory_desc_t A = matrix(type_of(key->precision), key->M, key->K, key->lda, 1);
    dnnl_memory_desc_t C = matrix(dnnl_f32, key->M, key->N, key->ldc, 1);
    dnnl_matmul_desc_t product;
    dnnl_primitive_attr_t attributes;
    dnnl_post_ops_t after;
    dnnl_primitive_desc_t described;
    well(dnnl_matmul_desc_init(&product, &A, B, NULL, &C));
    well(dnnl_primitive_attr_create(&attributes));
    well(dnnl_post_ops_create(&after));
    if (key->add)
        well(dnnl_post_ops_append_sum(after, 1));
    well(dnnl_primitive_attr_set_post_ops(attributes, after));
    well(dnnl_primitive_desc_create(&described, &product, attributes, engine(), NULL));
    dnnl_post_ops_destroy(after);
    dnnl_primitive_attr_destroy(attributes);
    return described;
}

/* How the library wants a right side (K, N). It goes by K, N and the processor. */
static dnnl_memory_desc_t layout_of(enum precision precision, int K, int N)
{
    const struct key key = {.M = ROWS, .N = N, .K = K, .lda = K, .ldc = N, .precision = precision};
    const dnnl_dims_t size = {K, N};
    dnnl_memory_desc_t any;
    well(dnnl_memory_desc_init_by_tag(&any, 2, size, type_of(precision), dnnl_format_tag_any));
    dnnl_primitive_desc_t described = describe(&key, &any);
    dnnl_memory_desc_t layout = *dnnl_primitive_desc_query_md(described, dnnl_query_weights_md, 0);
    dnnl_primitive_desc_destroy(described);
    return layout;
}

static void forget(struct prepared *prepared)
{
    if (!prepared->primitive)
        return;
    dnnl_primitive_destroy(prepared->primitive);
    dnnl_memory_destroy(prepared->A);
    dnnl_memory_destroy(prepared->B);
    dnnl_memory_destroy(prepared->C);
}

static void make(const struct key *key, struct prepared *prepared)
{
    dnnl_memory_desc_t B = key->laid_out
                               ? layout_of(key->precision, key->K, key->N)
                               : matrix(type_of(key->precision), key->K, key->N, key->N, 1);
    dnnl_memory_desc_t A = matrix(type_of(key->precision), key->M, key->K, key->lda, 1);
    dnnl_memory_desc_t C = matrix(dnnl_f32, key->M, key->N, key->ldc, 1);
    dnnl_primitive_desc_t described = describe(key, &B);
    prepared->key = *key;
    well(dnnl_primitive_create(&prepared->primitive, described));
    well(dnnl_memory_create(&prepared->A, &A, engine(), DNNL_MEMORY_NONE));
    well(dnnl_memory_create(&prepared->B, &B, engine(), DNNL_MEMORY_NONE));
    well(dnnl_memory_create(&prepared->C, &C, engine(), DNNL_MEMORY_NONE));
    dnnl_primitive_desc_destroy(described);
}

static bool same(const struct key *a, const struct key *b)
{
    return a->M == b->M && a->N == b->N && a->K == b->K && a->lda == b->lda && a->ldc == b->ldc &&
           a->add == b->add && a->laid_out == b->laid_out && a->precision == b->precision;
}

static struct prepared *prepare(const struct key *key)
{
    static _Thread_local struct prepared kept[KEPT];
    uint32_t place = (uint32_t)key->M * 31 + (uint32_t)key->N * 37 + (uint32_t)key->K * 41 +
                     (uint32_t)key->lda * 43 + (uint32_t)key->add * 47;
    struct prepared *prepared = &kept[place % KEPT];
    if (prepared->primitive && same(key, &prepared->key))
        return prepared;
    forget(prepared);
    make(key, prepared);
    return prepared;
}

/* A and B are of the key's precision. */
static void run(const struct key *key, const void *A, const void *B, real *C)
{
    struct prepared *with = prepare(key);
    const dnnl_exec_arg_t arguments[] = {
        {DNNL_ARG_SRC, with->A}, {DNNL_ARG_WEIGHTS, with->B}, {DNNL_ARG_DST, with->C}};
    well(dnnl_memory_set_data_handle(with->A, (void *)(uintptr_t)A));
    well(dnnl_memory_set_data_handle(with->B, (void *)(uintptr_t)B));
    well(dnnl_memory_set_data_handle(with->C, C));
    well(dnnl_primitive_execute(with->primitive, stream(), 3, arguments));
    well(dnnl_stream_wait(stream()));
}

/* half (rows, columns) = full, its elements so far apart. */
static void convert(int rows, int columns, const real *full, int64_t down, int64_t along,
                    uint16_t *half)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            half[i * columns + j] = bfloat16_of(full[i * down + j * along]);
}

static uint16_t *halves(void)
{
    static _Thread_local uint16_t *made;
    if (!made)
        made = memory_take((size_t)(2 * BLOCK * BLOCK) * sizeof *made);
    return made;
}

static int block_of(int all, int first)
{
    return all - first < BLOCK ? all - first : BLOCK;
}

static void multiply_halves(enum product_form form, const struct product_item *item, int lda,
                            int ldb, int add, int ldc)
{
    uint16_t *left = halves(), *right = left + BLOCK * BLOCK;
    int64_t row = form == PRODUCT_TN ? 1 : lda, step = form == PRODUCT_TN ? lda : 1;
    int64_t down = form == PRODUCT_NT ? 1 : ldb, along = form == PRODUCT_NT ? ldb : 1;
    for (int n = 0; n < item->N; n += BLOCK)
        for (int k = 0; k < item->K; k += BLOCK) {
            int columns = block_of(item->N, n), depth = block_of(item->K, k);
            convert(depth, columns, item->B + k * down + n * along, down, along, right);
            for (int m = 0; m < item->M; m += BLOCK) {
                int rows = block_of(item->M, m);
                const struct key key = {rows, columns,  depth, depth,
                                        ldc,  add || k, 0,     PRECISION_BFLOAT16};
                convert(rows, depth, item->A + m * row + k * step, row, step, left);
                run(&key, left, right, item->C + (int64_t)m * ldc + n);
            }
        }
}

static void multiply(enum precision precision, enum product_form form,
                     const struct product_item *item, int lda, int ldb, int add, int ldc)
{
    product_alone();
    if (precision == PRECISION_BFLOAT16)
        multiply_halves(form, item, lda, ldb, add, ldc);
    else
        well(dnnl_sgemm(form == PRODUCT_TN ? 'T' : 'N', form == PRODUCT_NT ? 'T' : 'N', item->M,
                        item->N, item->K, 1, item->A, lda, item->B, ldb, add ? 1 : 0, item->C,
                        ldc));
}

/* Laid out, columns stand BLOCK by BLOCK, so that threads may share them, behind the bytes of a
 * whole block. */
struct head {
    int64_t block;
    char rest[64 - sizeof(int64_t)];
};

static int64_t block_bytes(enum precision precision, int K, int N)
{
    dnnl_memory_desc_t layout = layout_of(precision, K, N);
    return ((int64_t)dnnl_memory_desc_get_size(&layout) + 63) / 64 * 64;
}

static int64_t packed_bytes(enum precision precision, int K, int N)
{
    int64_t blocks = (N + BLOCK - 1) / BLOCK, bytes = (int64_t)sizeof(struct head);
    if (K > 0 && N > 0)
        bytes += blocks * block_bytes(precision, K, N < BLOCK ? N : BLOCK);
    return bytes;
}

static void pack_block(enum precision precision, int K, int columns, const real *B, int64_t down,
                       int64_t along, char *packed)
{
    dnnl_memory_desc_t from = matrix(dnnl_f32, K, columns, down, along);
    dnnl_memory_desc_t to = layout_of(precision, K, columns);
    dnnl_primitive_desc_t described;
    dnnl_primitive_t reorder;
    dnnl_memory_t source, target;
    well(dnnl_memory_create(&source, &from, engine(), (void *)(uintptr_t)B));
    well(dnnl_memory_create(&target, &to, engine(), packed));
    well(dnnl_reorder_primitive_desc_create(&described, &from, engine(), &to, engine(), NULL));
    well(dnnl_primitive_create(&reorder, described));
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}};
    well(dnnl_primitive_execute(reorder, stream(), 2, arguments));
    well(dnnl_stream_wait(stream()));
    dnnl_primitive_destroy(reorder);
    dnnl_primitive_desc_destroy(described);
    dnnl_memory_destroy(source);
    dnnl_memory_destroy(target);
}

static void pack(enum precision precision, enum product_form form, int K, int N, const real *B,
                 int ldb, void *packed)
{
    int64_t down = form == PRODUCT_NT ? 1 : ldb, along = form == PRODUCT_NT ? ldb : 1;
    struct head *head = packed;
    product_alone();
    if (K == 0 || N == 0)
        return;
    head->block = block_bytes(precision, K, N < BLOCK ? N : BLOCK);
    for (int n = 0; n < N; n += BLOCK)
        pack_block(precision, K, block_of(N, n), B + n * along, down, along,
                   (char *)(head + 1) + n / BLOCK * head->block);
}

/* Rows (rows, K), converted where they must be; the thread's until the next call. */
static const void *left_of(enum precision precision, int rows, int K, const real *A, int lda)
{
    static _Thread_local uint16_t *made;
    static _Thread_local size_t capacity;
    size_t elements = (size_t)rows * (size_t)K;
    if (precision == PRECISION_FLOAT32)
        return A;
    if (elements > capacity) {
        memory_free(made);
        made = memory_take(elements * sizeof *made);
        capacity = elements;
    }
    convert(rows, K, A, lda, 1, made);
    return made;
}

static void multiply_packed(enum precision precision, int M, int N, int K, const real *A, int lda,
                            const void *packed, int add, real *C, int ldc)
{
    const struct head *head = packed;
    const char *blocks = (const char *)(head + 1);
    int stride = precision == PRECISION_BFLOAT16 ? K : lda;
    for (int m = 0; m < M; m += BLOCK) {
        int rows = block_of(M, m);
        const void *left = left_of(precision, rows, K, A + (int64_t)m * lda, lda);
#pragma omp parallel for num_threads(threads()) schedule(static) if (N > BLOCK && threads() > 1)
        for (int n = 0; n < N; n += BLOCK) {
            struct key key = {rows, block_of(N, n), K, stride, ldc, add, 1, precision};
            product_alone();
            run(&key, left, blocks + n / BLOCK * head->block, C + (int64_t)m * ldc + n);
        }
    }
}

/* OpenBLAS' kernel, which --kernel chooses, bounds the instructions of this library, too. It can be
 * told once; that it was told before is no fault. */
static void start(void)
{
    int vectors = kernel_vectors(product_kernel());
    (void)dnnl_set_max_cpu_isa(vectors == 64   ? dnnl_cpu_isa_all
                               : vectors == 32 ? dnnl_cpu_isa_avx2
                                               : dnnl_cpu_isa_sse41);
}

static const char *words(void)
{
    static char made[64];
    const dnnl_version_t *version = dnnl_version();
    static const struct {
        dnnl_cpu_isa_t isa;
        const char *name;
    } sets[] = {{dnnl_cpu_isa_sse41, "SSE4.1"},
                {dnnl_cpu_isa_avx, "AVX"},
                {dnnl_cpu_isa_avx2, "AVX2"},
                {dnnl_cpu_isa_avx2_vnni, "AVX2-VNNI"},
                {dnnl_cpu_isa_avx512_core, "AVX-512"},
                {dnnl_cpu_isa_avx512_core_vnni, "AVX512-VNNI"},
                {dnnl_cpu_isa_avx512_core_bf16, "AVX512-BF16"},
                {dnnl_cpu_isa_avx512_core_amx, "AMX"}};
    const char *name = "other";
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (sets[i].isa == dnnl_get_effective_cpu_isa())
            name = sets[i].name;
    snprintf(made, sizeof made, "oneDNN %d.%d.%d, %s", version->major, version->minor,
             version->patch, name);
    return made;
}

static bool precise(enum precision precision, struct reason *why)
{
    struct processor processor;
    processor_read(&processor);
    bool has =
        (processor.avx512bf16 || processor.amx_bf16) && kernel_vectors(product_kernel()) == 64;
    return precision == PRECISION_FLOAT32 || has ||
           fail(why,
                "this processor, or the kernel '%s', has neither AVX512-BF16 nor AMX: float32, "
                "or --products reference (slow)",
                product_kernel());
}

const struct product_library product_onednn = {start,        words, precise,        multiply,
                                               packed_bytes, pack,  multiply_packed};
#endif
