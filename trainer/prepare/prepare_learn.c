#include "trainer/prepare/prepare_learn.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/run/checkpoint.h"
#include "io/text/factors.h"
#include "io/text/utf8.h"
#include "io/vectors/moments.h"
#include "io/vectors/vectors.h"
#include "trainer/process/agree.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* --symbols FILE: its lines. */
static void read_symbols(const char *path, struct text *symbols)
{
    struct reason why;
    const char *bytes;
    size_t length;
    int got = -1;
    struct lines *lines = lines_open(path, &why);
    while (lines && (got = lines_next(lines, &bytes, &length, &why)) > 0) {
        text_add(symbols, bytes, length);
        text_add(symbols, "\n", 1);
    }
    if (got < 0)
        die("--symbols '%s': %s", path, why.text);
    lines_close(lines);
}

/* All but how many lines will come. Tags and labels are all in the vocabulary. */
static void options_of_side(const struct settings *s, const struct task *task, enum side side,
                            const char *symbols, struct learner_options *options)
{
    bool closed = side == TARGET && task->rules.classes;
    int64_t vocabulary = side == TARGET ? s->target_vocabulary : s->source_vocabulary;
    *options = (struct learner_options){
        .kind = settings_tokenizer(s, side),
        .vocabulary = (int)(vocabulary == CHOSEN ? s->vocabulary : vocabulary),
        .vocabulary_explicit =
            vocabulary != CHOSEN || (settings_given(s, &s->vocabulary) && !closed),
        .bpe = (int)s->sentencepiece,
        .min_count = (int)s->min_count,
        .sample = s->sample,
        .seed = (uint64_t)s->seed,
        .symbols = symbols,
    };
    if (closed && vocabulary == CHOSEN)
        options->vocabulary = INT32_MAX;
    if (closed || s->min_count == CHOSEN)
        options->min_count = options->kind == TOKENIZER_WORDS && !closed ? 2 : 1;
}

enum { JOINT_SIDES = 2 };

/* What is learnt of each side, in one reading: tokenizers, the first of the words' and then of each
 * feature's; or moments. joint: the source's for the target too. */
struct learners {
    struct learner *of[SIDES][1 + CONTENT_FEATURES];
    struct factors factors; // of the source
    struct moments moments[SIDES];
    int stack[SIDES];
    bool is_vectors[SIDES];
    bool joint;
};

static void learn_factors(struct learners *learners, const struct raw *raw, int64_t number)
{
    struct reason ignored; // it is told when the line is encoded
    if (!factors_split(&learners->factors, raw->bytes, raw->length, &ignored))
        return;
    for (int i = 0; i <= learners->factors.features; i++)
        learner_line(learners->of[SOURCE][i], learners->factors.lines[i].bytes,
                     learners->factors.lines[i].length, number);
}

static void learn_vectors(struct learners *learners, enum side side, const struct raw *raw)
{
    struct moments *moments = &learners->moments[side];
    int by = learners->stack[side], dimension = raw->dimension * by;
    int frames = vectors_stacked(raw->frames, by);
    if (dimension > CONTENT_DIMENSION)
        die("--stack %d: so many frames of %d numbers are over %d together", by, raw->dimension,
            CONTENT_DIMENSION);
    if (!moments->mean)
        moments_init(moments, dimension);
    if (moments->dimension != dimension)
        return;
    size_t bytes = (size_t)frames * (size_t)dimension * sizeof(float);
    float *stacked = memory_take(bytes);
    vectors_stack(raw->values, raw->frames, raw->dimension, by, stacked);
    moments_add(moments, stacked, frames);
    memory_free(stacked);
}

/* Feeds them with every line whose encoding is valid. */
static void learn_example(void *taker, const struct example *example)
{
    struct learners *learners = taker;
    for (enum side side = 0; side < SIDES; side++) {
        const struct raw *raw = &example->side[side];
        bool is_joint = learners->joint && side == TARGET;
        struct learner *learner = learners->of[is_joint ? SOURCE : side][0];
        int64_t number =
            learners->joint ? JOINT_SIDES * example->number + is_joint : example->number;
        if (learners->is_vectors[side])
            learn_vectors(learners, side, raw);
        else if (!learner || !utf8_valid(raw->bytes, raw->length))
            continue;
        else if (side == SOURCE && learners->factors.features)
            learn_factors(learners, raw, number);
        else
            learner_line(learner, raw->bytes, raw->length, number);
    }
}

static void open_learners(const struct settings *settings, const struct task *task,
                          struct prepare_text *text, struct learners *learners)
{
    struct learner_options options[SIDES];
    struct text symbols = {0};
    bool samples = false;
    if (settings->symbols)
        read_symbols(settings->symbols, &symbols);
    for (enum side side = 0; side < SIDES; side++) {
        bool learnt = prepare_text_has(text, side) && !(learners->joint && side == TARGET);
        options_of_side(settings, task, side, symbols.bytes, &options[side]);
        learners->is_vectors[side] = learnt && text->options.formats[side] != EXAMPLES_TEXT;
        learners->stack[side] =
            side == TARGET && task->rules.sources > 0 ? 1 : (int)settings->stack;
        learners->of[side][0] = NULL;
        if (!learnt || learners->is_vectors[side])
            options[side].kind = TOKENIZER_KINDS;
        samples = samples || options[side].kind == TOKENIZER_SENTENCEPIECE;
    }
    if (samples)
        prepare_text_count(text);
    for (enum side side = 0; side < SIDES; side++) {
        options[side].lines = text->lines * (learners->joint ? JOINT_SIDES : 1);
        for (int i = 0; options[side].kind != TOKENIZER_KINDS &&
                        i <= (side == SOURCE ? (int)settings->features : 0);
             i++) {
            learners->of[side][i] = learner_open(&options[side]);
            options[side].vocabulary_explicit = 0; // of the words; there are fewer features
        }
    }
    text_release(&symbols);
}

static void finish_tokenizer(struct learner *learner, const char *which, bool closed,
                             struct tokenizer *tokenizer)
{
    struct reason why;
    bool shrunk = false;
    if (!learner_finish(learner, tokenizer, &shrunk, &why))
        die("%s tokenizer: %s", which, why.text);
    if (shrunk && !closed)
        printf("%s vocabulary: the text has room for %d only\n", which, tokenizer->vocabulary.size);
}

static void finish_vectors(const struct moments *moments, int stack, struct content *content)
{
    size_t bytes = (size_t)moments->dimension * sizeof(float);
    *content =
        (struct content){.form = FORM_VECTORS, .dimension = moments->dimension, .stack = stack};
    content->mean = memory_take(bytes);
    content->deviation = memory_take(bytes);
    moments_finish(moments, content->mean, content->deviation);
}

static void finish_side(const struct settings *settings, const struct task *task,
                        struct learners *learners, enum side side, struct content *content)
{
    const char *which = learners->joint ? "joint" : side_names[side];
    if (learners->is_vectors[side])
        finish_vectors(&learners->moments[side], learners->stack[side], content);
    if (!learners->of[side][0])
        return;
    content->form = FORM_SYMBOLS;
    content->closed = side == TARGET && task->rules.classes;
    finish_tokenizer(learners->of[side][0], which, content->closed, &content->tokenizer);
    for (int i = 0; side == SOURCE && i < (int)settings->features; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s feature %d", which, i + 1);
        finish_tokenizer(learners->of[side][i + 1], name, true, &content->features[i]);
        content->feature_count = i + 1;
    }
}

/* One reading of the text where all of it is learnt from, two where a sample is: its size and the
 * text's say which lines. */
static void learn(const struct settings *settings, const struct task *task,
                  struct prepare_text *text, struct content *contents)
{
    struct learners learners = {.joint = settings->joint != 0};
    factors_init(&learners.factors, (int)settings->features);
    open_learners(settings, task, text, &learners);
    prepare_text_read_alone(text, learn_example, &learners);
    point_at("prepare.count", 0, NULL, 0);
    for (enum side side = 0; side < SIDES; side++) {
        finish_side(settings, task, &learners, side, &contents[side]);
        if (learners.is_vectors[side])
            moments_release(&learners.moments[side]);
    }
    factors_release(&learners.factors);
}

/* [all] One tokenizer from rank 0 to all. */
static void spread_tokenizer(struct tokenizer *tokenizer)
{
    struct vocabulary *v = &tokenizer->vocabulary;
    struct text model = {0}, strings = {0}, offsets = {0};
    int64_t head[2] = {tokenizer->kind, v->size};
    if (comm_rank() == 0) {
        text_add(&model, tokenizer->model.bytes, tokenizer->model.length);
        text_add(&strings, v->bytes, (size_t)v->offsets[v->size]);
        text_add(&offsets, (const char *)v->offsets, (size_t)(v->size + 1) * sizeof *v->offsets);
    }
    comm_broadcast(head, sizeof head, 0);
    comm_broadcast_text(&model, 0);
    comm_broadcast_text(&strings, 0);
    comm_broadcast_text(&offsets, 0);
    struct reason why;
    if (comm_rank() != 0)
        require(tokenizer_restore(tokenizer, (enum tokenizer_kind)head[0], &model, strings.bytes,
                                  (int64_t)strings.length,
                                  (const int64_t *)(const void *)offsets.bytes, head[1], &why));
    text_release(&model);
    text_release(&strings);
    text_release(&offsets);
}

/* [all] */
static void spread_reals(float **reals, int count)
{
    if (comm_rank() != 0)
        *reals = memory_take((size_t)count * sizeof **reals);
    comm_broadcast(*reals, (size_t)count * sizeof **reals, 0);
}

/* [all] */
static void spread(struct content *content)
{
    int64_t head[] = {content->form, content->closed, content->feature_count, content->dimension,
                      content->stack};
    comm_broadcast(head, sizeof head, 0);
    content->form = (enum form)head[0];
    content->closed = (int)head[1];
    content->feature_count = (int)head[2];
    content->dimension = (int)head[3];
    content->stack = (int)head[4];
    if (content->form == FORM_SYMBOLS)
        spread_tokenizer(&content->tokenizer);
    for (int i = 0; i < content->feature_count; i++)
        spread_tokenizer(&content->features[i]);
    if (content->form != FORM_VECTORS)
        return;
    spread_reals(&content->mean, content->dimension);
    spread_reals(&content->deviation, content->dimension);
}

static void take_from_checkpoint(const char *path, struct corpus *corpus)
{
    struct reason why, differ;
    struct checkpoint *like = checkpoint_open(path, &why);
    if (!like || !checkpoint_get_contents(like, corpus->contents, &why))
        die("checkpoint '%s': %s", path, why.text);
    corpus->joint =
        content_alike(&corpus->contents[SOURCE], &corpus->contents[TARGET], "joint", &differ);
    const char *task = checkpoint_get_setting(like, "task");
    snprintf(corpus->task, sizeof corpus->task, "%s", task ? task : task_of(TASK_TRANSLATE)->name);
    const char *stream = checkpoint_get_setting(like, "stream");
    corpus->stream = stream && strcmp(stream, "on") == 0;
    checkpoint_close(like);
}

static void take_from(const char *path, struct corpus *corpus)
{
    struct reason why;
    struct stat status;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        take_from_checkpoint(path, corpus);
        return;
    }
    struct corpus *like = corpus_open(path, task_rules, &why);
    if (!like)
        die("corpus '%s': %s", path, why.text);
    for (int side = 0; side < SIDES; side++)
        content_copy(&corpus->contents[side], &like->contents[side]);
    corpus->joint = like->joint;
    corpus->stream = like->stream;
    memcpy(corpus->task, like->task, sizeof corpus->task);
    corpus_close(like);
}

const struct task *prepare_learn(const struct settings *settings, struct prepare_text *text,
                                 struct corpus *corpus)
{
    const struct task *task = task_of((enum task_kind)settings->task);
    corpus->joint = (int)settings->joint;
    corpus->stream = (int)settings->stream;
    snprintf(corpus->task, sizeof corpus->task, "%s", task->name);
    if (comm_rank() == 0 && settings->like)
        take_from(settings->like, corpus);
    else if (comm_rank() == 0)
        learn(settings, task, text, corpus->contents);
    if (comm_rank() == 0 && corpus->joint && !settings->like)
        content_copy(&corpus->contents[TARGET], &corpus->contents[SOURCE]);
    comm_broadcast(&corpus->joint, sizeof corpus->joint, 0);
    comm_broadcast(&corpus->stream, sizeof corpus->stream, 0);
    comm_broadcast(corpus->task, sizeof corpus->task, 0);
    for (int side = 0; side < SIDES; side++)
        spread(&corpus->contents[side]);
    const struct task *found = task_find(corpus->task);
    agree(found != NULL, "corpus '%s': task '%s' is unknown", settings->like, corpus->task);
    return found;
}
