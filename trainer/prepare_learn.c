#include "trainer/prepare_learn.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/utf8.h"
#include <stdio.h>
#include <string.h>

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

static void only_count(void *nothing, const struct example *example)
{
    (void)nothing;
    (void)example;
}

/* One for each side that has text; joint: the source's for the target too. */
struct learners {
    struct learner *of[SIDES];
    bool joint;
};

static bool has_text(const struct prepare_text *text, enum side side)
{
    return text->paths[side] || (text->pairs && side != SECOND);
}

static bool is_learnt(const struct prepare_text *text, const struct learners *learners,
                      enum side side)
{
    return has_text(text, side) && !(learners->joint && side == TARGET);
}

/* Feeds them with every line whose encoding is valid. */
static void learn_line(void *taker, const struct example *example)
{
    enum { JOINT = 2 };
    struct learners *learners = taker;
    for (int side = 0; side < SIDES; side++) {
        const struct raw *raw = &example->side[side];
        int64_t number =
            learners->joint ? JOINT * example->number + (side == TARGET) : example->number;
        struct learner *learner = learners->of[learners->joint ? SOURCE : side];
        if (learners->of[side] || (learners->joint && side == TARGET))
            if (utf8_valid(raw->bytes, raw->length))
                learner_line(learner, raw->bytes, raw->length, number);
    }
}

/* One reading of the text where all of it is learnt from, two where a sample is: its size and the
 * text's say which lines. */
static void learn(const struct settings *settings, struct prepare_text *text,
                  struct content *contents)
{
    struct learners learners = {.joint = settings->joint != 0};
    struct learner_options options[SIDES];
    struct text symbols = {0};
    if (settings->symbols)
        read_symbols(settings->symbols, &symbols);
    for (enum side side = 0; side < SIDES; side++) {
        options_of_side(settings, side, symbols.bytes, &options[side]);
        if (is_learnt(text, &learners, side) && options[side].kind == TOKENIZER_SENTENCEPIECE &&
            text->lines == 0)
            prepare_text_read(text, false, only_count, NULL);
    }
    for (enum side side = 0; side < SIDES; side++) {
        options[side].lines = text->lines * (learners.joint ? 2 : 1);
        if (is_learnt(text, &learners, side))
            learners.of[side] = learner_open(&options[side]);
    }
    prepare_text_read(text, false, learn_line, &learners);
    point_at("prepare.count", 0, NULL, 0);
    for (enum side side = 0; side < SIDES; side++) {
        struct reason why;
        bool shrunk = false;
        const char *which = learners.joint ? "joint" : side_names[side];
        if (!learners.of[side])
            continue;
        if (!learner_finish(learners.of[side], &contents[side].tokenizer, &shrunk, &why))
            die("%s tokenizer: %s", which, why.text);
        contents[side].form = FORM_SYMBOLS;
        if (shrunk)
            printf("%s vocabulary: the text has room for %d only\n", which,
                   contents[side].tokenizer.vocabulary.size);
    }
    text_release(&symbols);
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
static void spread(struct content *content)
{
    int64_t head[] = {content->form, content->feature_count};
    comm_broadcast(head, sizeof head, 0);
    content->form = (enum form)head[0];
    content->feature_count = (int)head[1];
    if (content->form == FORM_SYMBOLS)
        spread_tokenizer(&content->tokenizer);
    for (int i = 0; i < content->feature_count; i++)
        spread_tokenizer(&content->features[i]);
}

static void take_from(const char *path, struct content *contents, int *joint)
{
    struct reason why;
    struct corpus *like = corpus_open(path, &why);
    if (!like)
        die("corpus '%s': %s", path, why.text);
    for (int side = 0; side < SIDES; side++)
        content_copy(&contents[side], &like->contents[side]);
    *joint = like->joint;
    corpus_close(like);
}

void prepare_learn(const struct settings *settings, struct prepare_text *text,
                   struct content *contents, int *joint)
{
    *joint = (int)settings->joint;
    if (comm_rank() == 0 && settings->like)
        take_from(settings->like, contents, joint);
    else if (comm_rank() == 0)
        learn(settings, text, contents);
    if (comm_rank() == 0 && *joint && !settings->like)
        content_copy(&contents[TARGET], &contents[SOURCE]);
    comm_broadcast(joint, sizeof *joint, 0);
    for (int side = 0; side < SIDES; side++)
        spread(&contents[side]);
}
