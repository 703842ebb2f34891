#include "trainer/prepare_learn.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/checkpoint.h"
#include "io/utf8.h"
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

/* All but how many lines will come. */
static void options_of_side(const struct settings *s, enum side side, const char *symbols,
                            struct learner_options *options)
{
    int64_t kind = side == SOURCE ? s->source_tokenizer : s->target_tokenizer;
    int64_t vocabulary = side == SOURCE ? s->source_vocabulary : s->target_vocabulary;
    *options = (struct learner_options){
        .kind = (enum tokenizer_kind)(kind == CHOSEN ? s->tokenizer : kind),
        .vocabulary = (int)(vocabulary == CHOSEN ? s->vocabulary : vocabulary),
        .vocabulary_explicit = vocabulary != CHOSEN || settings_given(s, &s->vocabulary),
        .bpe = (int)s->sentencepiece,
        .min_count = (int)s->min_count,
        .sample = s->sample,
        .seed = (uint64_t)s->seed,
        .symbols = symbols,
    };
    if (s->min_count == CHOSEN)
        options->min_count = options->kind == TOKENIZER_WORDS ? 2 : 1;
}

static void only_count(void *nothing, const struct bitext_line *line)
{
    (void)nothing;
    (void)line;
}

/* The learners of both sides; joint: the first for both. */
struct learners {
    struct learner *of[SIDES];
    bool joint;
};

/* Feeds them with every line whose encoding is valid. */
static void learn_line(void *taker, const struct bitext_line *line)
{
    struct learners *learners = taker;
    for (int side = 0; side < SIDES; side++)
        if (utf8_valid(line->bytes[side], line->length[side]))
            learner_line(learners->of[learners->joint ? 0 : side], line->bytes[side],
                         line->length[side],
                         learners->joint ? SIDES * line->number + side : line->number);
}

/* One reading of the text where all of it is learnt from, two where a sample is: its size and the
 * text's say which lines. */
static void learn(const struct settings *settings, struct prepare_text *text,
                  struct tokenizer *tokenizers)
{
    struct learners learners = {.joint = settings->joint != 0};
    struct learner_options options[SIDES];
    struct text symbols = {0};
    int count = learners.joint ? 1 : SIDES;
    if (settings->symbols)
        read_symbols(settings->symbols, &symbols);
    for (int side = 0; side < count; side++) {
        options_of_side(settings, side, symbols.bytes, &options[side]);
        if (options[side].kind == TOKENIZER_SENTENCEPIECE && text->lines == 0)
            prepare_text_read(text, false, only_count, NULL);
    }
    for (int side = 0; side < count; side++) {
        options[side].lines = text->lines * (learners.joint ? SIDES : 1);
        learners.of[side] = learner_open(&options[side]);
    }
    prepare_text_read(text, false, learn_line, &learners);
    point_at("prepare.count", 0, NULL, 0);
    for (int side = 0; side < count; side++) {
        struct reason why;
        bool shrunk = false;
        const char *which = learners.joint ? "joint" : side_names[side];
        if (!learner_finish(learners.of[side], &tokenizers[side], &shrunk, &why))
            die("%s tokenizer: %s", which, why.text);
        if (shrunk)
            printf("%s vocabulary: the text has room for %d only\n", which,
                   tokenizers[side].vocabulary.size);
    }
    text_release(&symbols);
}

/* [all] One tokenizer from rank 0 to all. */
static void spread(struct tokenizer *tokenizer)
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

static void copy_tokenizer(struct tokenizer *to, const struct tokenizer *from)
{
    struct reason why;
    const struct vocabulary *v = &from->vocabulary;
    require(tokenizer_restore(to, from->kind, &from->model, v->bytes, v->offsets[v->size],
                              v->offsets, v->size, &why));
}

static void take_from_checkpoint(const char *path, struct tokenizer *tokenizers, int *joint)
{
    struct reason why, differ;
    struct checkpoint *like = checkpoint_open(path, &why);
    if (!like || !checkpoint_get_tokenizers(like, tokenizers, &why))
        die("checkpoint '%s': %s", path, why.text);
    *joint = corpus_tokenizers_alike(&tokenizers[SOURCE], &tokenizers[TARGET], "joint", &differ);
    checkpoint_close(like);
}

static void take_from(const char *path, struct tokenizer *tokenizers, int *joint)
{
    struct reason why;
    struct stat status;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        take_from_checkpoint(path, tokenizers, joint);
        return;
    }
    struct corpus *like = corpus_open(path, &why);
    if (!like)
        die("corpus '%s': %s", path, why.text);
    for (int side = 0; side < SIDES; side++)
        copy_tokenizer(&tokenizers[side], &like->tokenizers[side]);
    *joint = like->joint;
    corpus_close(like);
}

void prepare_learn(const struct settings *settings, struct prepare_text *text,
                   struct tokenizer *tokenizers, int *joint)
{
    *joint = (int)settings->joint;
    if (comm_rank() == 0 && settings->like)
        take_from(settings->like, tokenizers, joint);
    else if (comm_rank() == 0)
        learn(settings, text, tokenizers);
    if (comm_rank() == 0 && *joint && !settings->like)
        copy_tokenizer(&tokenizers[TARGET], &tokenizers[SOURCE]);
    comm_broadcast(joint, sizeof *joint, 0);
    for (int side = 0; side < SIDES; side++)
        spread(&tokenizers[side]);
}
