#include "comm/comm.h"
#include "trainer/metric/metric.h"
#include "trainer/settings/schedules.h"
#include "trainer/settings/settings_task.h"
#include "trainer/settings/task.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

static void choose(int64_t *value, int64_t chosen)
{
    if (*value == CHOSEN)
        *value = chosen;
}

static void choose_real(double *value, double chosen)
{
    if (isnan(*value))
        *value = chosen;
}

static bool is_language_model(const struct settings *settings)
{
    return task_of((enum task_kind)settings->task)->rules.sources == 0;
}

static bool attends(const struct settings *settings)
{
    return context_use_known[settings->context_use].attends && !is_language_model(settings);
}

static bool attends_currently(const struct settings *settings)
{
    return attends(settings) && settings->decoder != DECODER_CONDITIONAL &&
           settings->attention_state == ATTENTION_CURRENT;
}

/* The first states of two encoders are not those of one decoder. */
static enum context_kind context_of(const struct settings *s, const struct settings_facts *facts)
{
    enum context_kind context = attends(s) ? attention_known[s->attention].context : CONTEXT_LAST;
    bool two = facts->contents[SECOND].form != FORM_NONE;
    return two && context_known[context].takes_over && context_use_known[s->context_use].first
               ? CONTEXT_AFFINE
               : context;
}

static void choose_model(struct settings *s, const struct settings_facts *facts)
{
    choose(&s->encoder_layers, s->layers);
    choose(&s->decoder_layers, s->layers);
    choose(&s->encoder_hidden, s->bidirectional && s->hidden > 1 ? s->hidden / 2 : s->hidden);
    choose(&s->attention_state, s->decoder == DECODER_CONDITIONAL
                                    ? ATTENTION_PREVIOUS
                                    : attention_known[s->attention].state);
    choose(&s->attention_hidden, s->hidden);
    choose(&s->context, context_of(s, facts));
    choose(&s->input_feeding, attends_currently(s));
    choose(&s->readout, attends_currently(s) ? s->hidden : s->embedding);
}

static bool are_words(const struct content *content)
{
    return content->form == FORM_SYMBOLS && content->tokenizer.kind == TOKENIZER_WORDS;
}

static void choose_training(struct settings *s, const struct settings_facts *facts)
{
    choose_real(&s->dropout_embedding, s->dropout);
    choose_real(&s->dropout_layer, s->dropout);
    choose_real(&s->dropout_encoder, s->dropout);
    choose_real(&s->dropout_output, s->dropout);
    choose_real(&s->unknown_dropout, are_words(&facts->contents[SOURCE]) ? 0.1 : 0);
    choose_real(&s->weight_decay, optimizer_table[s->optimizer]->weight_decay);
    if (s->schedule == CHOSEN)
        settings_set_default(s, settings_row("schedule"),
                             facts->has_valid ? "plateau" : "inverse-sqrt");
    choose(&s->decay_updates, 0);
    if (s->valid_interval == CHOSEN) {
        int64_t epoch = facts->updates_an_epoch ? facts->updates_an_epoch(s, facts->corpus) : 1000;
        s->valid_interval = epoch < 100 ? 100 : epoch > 1000 ? 1000 : epoch;
    }
}

static void choose_run(struct settings *s, const struct settings_facts *facts)
{
    choose(&s->epochs, facts->has_valid ? 100 : 20);
    choose(&s->checkpoint_interval, facts->has_valid ? s->valid_interval : 1000);
    bool launched = strcmp(comm_library(), "none") != 0;
    choose(&s->progress, !launched && isatty(STDOUT_FILENO) ? PROGRESS_LIVE : PROGRESS_LINES);
}

/* A setting that was given although another makes it void. */
static void refuse(const struct settings *s, const void *member, bool is_void, const char *words,
                   struct faults *faults)
{
    if (is_void && settings_given(s, member))
        faults_add(faults, "%s", words);
}

static void check_without_attention(const struct settings *s, struct faults *faults)
{
    const char *use = kinds_context_uses[s->context_use];
    const struct {
        const char *name;
        const void *member;
    } of_attention[] = {{"attention", &s->attention},
                        {"attention-state", &s->attention_state},
                        {"attention-hidden", &s->attention_hidden}};
    for (size_t i = 0; i < sizeof of_attention / sizeof *of_attention; i++)
        if (settings_given(s, of_attention[i].member))
            faults_add(faults, "--%s has no effect with --context-use %s", of_attention[i].name,
                       use);
}

static void check_model(const struct settings *s, struct faults *faults)
{
    bool without = !attends(s), conditional = s->decoder == DECODER_CONDITIONAL;
    if (is_language_model(s)) // all of this is about a source
        return;
    if (without)
        check_without_attention(s, faults);
    if (!without && !attention_known[s->attention].sized && settings_given(s, &s->attention_hidden))
        faults_add(faults, "--attention-hidden has no effect with --attention %s",
                   kinds_attentions[s->attention]);
    refuse(s, &s->input_feeding, without && s->input_feeding == 1,
           "--input-feeding needs attention: --context-use attention", faults);
    refuse(s, &s->decoder, without && conditional,
           "--decoder conditional needs attention: --context-use attention", faults);
    refuse(s, &s->attention_state, !without && conditional,
           "--attention-state has no effect with --decoder conditional", faults);
    if (!context_use_known[s->context_use].first && context_known[s->context].first_only &&
        settings_given(s, &s->context))
        faults_add(faults,
                   "--context %s has no effect with --context-use %s: there is no first state to "
                   "map to",
                   kinds_contexts[s->context], kinds_context_uses[s->context_use]);
    refuse(s, &s->readout, !without && s->readout == 0,
           "--readout 0 needs a decoder without attention: --context-use first, every or both",
           faults);
    if (attends_currently(s) && settings_given(s, &s->readout) && s->readout != s->hidden &&
        s->readout != 0)
        faults_add(faults,
                   "--readout %lld: with --attention-state current the readout has the size of "
                   "--hidden, %lld",
                   (long long)s->readout, (long long)s->hidden);
    refuse(s, &s->layers,
           settings_given(s, &s->encoder_layers) && settings_given(s, &s->decoder_layers),
           "--layers has no effect with both --encoder-layers and --decoder-layers", faults);
}

static void check_dropout(const struct settings *s, struct faults *faults)
{
    bool layers = s->encoder_layers > 1 || s->decoder_layers > 1;
    bool dropped = s->dropout_embedding > 0 || (s->dropout_layer > 0 && layers);
    refuse(s, &s->variational, s->variational == 1 && !dropped,
           "--variational has no effect: neither embeddings nor what is between layers have a "
           "dropout",
           faults);
}

/* What the choice of another setting has no use for. */
static void check_choosers(const struct settings *s, struct faults *faults)
{
    for (int row = 0; row < settings_count; row++) {
        const struct setting *setting = &settings_table[row];
        if (!setting->chooser || s->from[row] < FROM_CONFIG)
            continue;
        const struct choice chosen = settings_chosen(s, setting->chooser);
        if (!(chosen.uses & setting->use))
            faults_add(faults, "--%s has no effect with --%s %s", setting->name, setting->chooser,
                       chosen.name);
    }
}

static void check_schedule(const struct settings *s, const struct settings_facts *facts,
                           struct faults *faults)
{
    const struct schedule *schedule = &schedule_table[s->schedule];
    const bool decays = schedule->uses & SCHEDULE_DECAYS;
    if ((schedule->uses & SCHEDULE_PLATEAUS) && !facts->has_valid)
        faults_add(faults, "--schedule %s needs --valid", schedule->name);
    if (decays && s->decay_updates == 0)
        faults_add(faults, "--schedule %s needs --decay-updates", schedule->name);
    else if (decays && s->decay_updates <= s->warmup)
        faults_add(faults, "--decay-updates: %lld is not above --warmup, %lld",
                   (long long)s->decay_updates, (long long)s->warmup);
    refuse(s, &s->valid_interval, !facts->has_valid, "--valid-interval needs --valid", faults);
    refuse(s, &s->patience, !facts->has_valid && s->patience != 0, "--patience needs --valid",
           faults);
    refuse(s, &s->divergence, !facts->has_valid && s->divergence != 0, "--divergence needs --valid",
           faults);
}

static void check_metric(const struct settings *s, const struct settings_facts *facts,
                         struct faults *faults)
{
    struct reason why;
    const struct content *target = &facts->contents[TARGET];
    int of = task_metrics_of(task_of((enum task_kind)s->task), target);
    const struct metric *metric = metric_find(s->valid_metric, of, true, &why);
    if (!metric)
        faults_add(faults, "--valid-metric: %s", why.text);
    else if (!facts->has_valid)
        refuse(s, &s->valid_metric, true, "--valid-metric needs --valid", faults);
    else if (!(metric->of & METRIC_NO_OUTPUTS) && target->form != FORM_VECTORS &&
             !facts->valid_has_text)
        faults_add(faults,
                   "--valid-metric %s: the corpus of --valid holds no raw target text: prepare it "
                   "with --like",
                   metric->name);
}

void settings_resolve(struct settings *settings, const struct settings_facts *facts,
                      struct faults *faults)
{
    settings_task_defaults(settings, facts);
    choose_model(settings, facts);
    choose_training(settings, facts);
    choose_run(settings, facts);
    int before = faults->count;
    settings_task_check(settings, facts, faults);
    check_model(settings, faults);
    check_dropout(settings, faults);
    check_choosers(settings, faults);
    check_schedule(settings, facts, faults);
    check_metric(settings, facts, faults);
    if (faults->count > before)
        return;
    struct shape shape;
    struct reason why;
    settings_shape(settings, facts->contents, &shape);
    if (!shape_check(&shape, &why))
        faults_add(faults, "%s", why.text);
}

static struct side_shape side_of(const struct content *content, int end)
{
    struct side_shape side = {
        .form = content->form,
        .vocabulary = content->tokenizer.vocabulary.size,
        .feature_count = content->feature_count,
        .dimension = content->dimension,
        .end = content->form == FORM_SYMBOLS && end,
    };
    for (int k = 0; k < content->feature_count; k++)
        side.features[k] = content->features[k].vocabulary.size;
    return side;
}

static void leave_out_source(struct shape *shape)
{
    shape->side[SOURCE] = (struct side_shape){.form = FORM_NONE};
    shape->encoder_layers = shape->encoder_hidden = shape->bidirectional = 0;
    shape->context = CONTEXT_LAST;
    shape->context_use = CONTEXT_USE_NONE;
    shape->input_feeding = 0;
}

/* What io gives is what the model takes: layers that do not see each other. */
_Static_assert((int)CONTENT_FEATURES == (int)FEATURES_MOST, "features beside a word");
_Static_assert((int)IDS_RESERVED == (int)SYMBOLS_RESERVED && (int)ID_END == (int)SYMBOL_END &&
                   (int)ID_BEGIN == (int)SYMBOL_BEGIN && (int)ID_UNKNOWN == (int)SYMBOL_UNKNOWN,
               "reserved symbols");

void settings_shape(const struct settings *s, const struct content *contents, struct shape *shape)
{
    const struct task *task = task_of((enum task_kind)s->task);
    *shape = (struct shape){
        .side = {[SOURCE] = side_of(&contents[SOURCE], (int)s->source_end),
                 [SECOND] = side_of(&contents[SECOND], (int)s->source_end),
                 [TARGET] = side_of(&contents[TARGET], task->target_end)},
        .head = task->head,
        .running = s->stream == 1,
        .feature_embedding = (int)s->feature_embedding,
        .input = (enum input_kind)s->input_layer,
        .pooling = (enum pooling_kind)s->pooling,
        .embedding = (int)s->embedding,
        .hidden = (int)s->hidden,
        .encoder_hidden = (int)s->encoder_hidden,
        .encoder_layers = (int)s->encoder_layers,
        .decoder_layers = (int)s->decoder_layers,
        .bidirectional = (int)s->bidirectional,
        .cell = (enum cell_kind)s->cell,
        .residual = (int)s->residual,
        .layer_norm = (int)s->layer_norm,
        .pyramid = (int)s->pyramid,
        .context = (enum context_kind)s->context,
        .context_use = (enum context_use)s->context_use,
        .decoder = (enum decoder_kind)s->decoder,
        .without_previous = !s->feed_previous,
        .attention = (enum attention_kind)s->attention,
        .attention_state = (enum attention_state)s->attention_state,
        .attention_hidden = (int)s->attention_hidden,
        .input_feeding = (int)s->input_feeding,
        .readout = (int)s->readout,
        .tied_embeddings = (int)s->tied_embeddings,
        .precision = (enum precision)s->precision,
        .dropout_embedding = s->dropout_embedding,
        .dropout_layer = s->dropout_layer,
        .dropout_encoder = s->dropout_encoder,
        .dropout_output = s->dropout_output,
        .dropout_state = s->dropout_state,
        .variational = (int)s->variational,
        .unknown_dropout = s->unknown_dropout,
        .label_smoothing = s->label_smoothing,
    };
    if (is_language_model(s))
        leave_out_source(shape);
}

void settings_optimizer(const struct settings *s, struct optimizer *optimizer)
{
    *optimizer = (struct optimizer){
        .kind = optimizer_table[s->optimizer],
        .beta1 = s->adam_beta1,
        .beta2 = s->adam_beta2,
        .epsilon = s->adam_epsilon,
        .momentum = s->momentum,
        .weight_decay = s->weight_decay,
    };
}
