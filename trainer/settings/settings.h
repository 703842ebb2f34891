/* All settings of all commands. Each is one row of one table (settings_table.c): name, type,
 * bounds, default, kind, commands, help. From the row come `--name value`, `name: value` in YAML,
 * --help, the checks and the copies that are kept. Values come from, later ones winning: the
 * defaults; --config files, in order; the command line. All faults are collected and reported at
 * once. A value that was not given and whose default depends on others is CHOSEN until
 * settings_resolve() has run. Calling sequence: settings_init, settings_read, settings_check,
 * (train: settings_resolve), settings_release. Code that a setting steers reads the member of
 * struct settings, or gets it in a struct of its layer: settings_shape and settings_optimizer
 * (settings_resolve.c), run_stream_options, application_search. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "comm/base/text.h"
#include "io/corpus/content.h"
#include "io/corpus/examples.h"
#include "model/optimizer/optimizer.h"
#include "model/shape/shape.h"
#include "trainer/settings/faults.h"
#include <stddef.h>

enum command {
    COMMAND_PREPARE = 1,
    COMMAND_TRAIN = 2,
    COMMAND_TRANSLATE = 4,
    COMMAND_SCORE = 8,
    COMMAND_INSPECT = 16,
    COMMAND_BENCHMARK = 32,
    COMMAND_EVALUATE = 64,
    COMMAND_TAG = 128,
    COMMAND_CLASSIFY = 256,
    COMMAND_GENERATE = 512,
    COMMAND_SAMPLE = 1024
};
enum { COMMANDS = 11 };
struct command_name {
    enum command command;
    const char *name, *summary;
    const char *usage; // what must be given
};
extern const struct command_name command_names[COMMANDS];
const char *command_name(enum command command);

enum setting_type { SETTING_INTEGER, SETTING_REAL, SETTING_SWITCH, SETTING_CHOICE, SETTING_TEXT };
enum setting_kind {
    SETTING_MODEL,    // in the checkpoint; must agree when a run continues
    SETTING_TRAINING, // likewise
    SETTING_LIMIT,    // when to end: may change; in run/settings.yml
    SETTING_RUN       // paths, threads, intervals: may change; in run/settings.yml
};
enum setting_from { FROM_DEFAULT, FROM_RUN, FROM_CONFIG, FROM_COMMAND_LINE };

enum { LANES_MOST = 4096 };
enum { CHOSEN = -1 }; // of integers, switches and choices; NAN of reals; NULL of texts

enum progress_kind { PROGRESS_LIVE, PROGRESS_LINES };
enum file_format { FORMAT_LINES, FORMAT_CONLL };
enum what_kind { WHAT_TRAIN, WHAT_PREPARE, WHAT_TRANSLATE, WHAT_PRODUCTS };

struct settings {
    /* prepare */
    char *source, *second, *target, *pairs, *like,
        *symbols;   // score, evaluate: source to target too
    int64_t format; // enum file_format
    char *columns;
    int64_t task;                                        // enum task_kind
    int64_t source_format, second_format, target_format; // enum examples_format
    int64_t stack, features, stream;
    int64_t overwrite, strict, joint, shards, max_length, sample, min_count;
    int64_t tokenizer, source_tokenizer, target_tokenizer; // enum tokenizer_kind
    int64_t vocabulary, source_vocabulary, target_vocabulary;
    int64_t length;        // of benchmark's made-up sentences; symbols that are drawn
    int64_t sentencepiece; // 0 unigram, 1 bpe
    /* paths */
    char *output, *corpus, *valid, *model, *input, *path; // path: inspect's argument
    char *origin;                                         // --from
    /* model */
    int64_t embedding, hidden, layers, encoder_layers, decoder_layers, encoder_hidden;
    int64_t bidirectional, cell, residual, layer_norm, pyramid;
    int64_t feature_embedding, input_layer, pooling;
    int64_t context, context_use, decoder, feed_previous;
    int64_t attention, attention_state, attention_hidden, input_feeding;
    int64_t readout, tied_embeddings, source_end;
    /* training */
    int64_t seed, lanes, batch_tokens, batch_sentences, bptt;
    int64_t precision;
    double dropout, dropout_embedding, dropout_layer, dropout_encoder, dropout_output;
    double dropout_state, unknown_dropout, label_smoothing;
    int64_t variational;
    int64_t optimizer; // row of optimizer_table
    double learning_rate, adam_beta1, adam_beta2, adam_epsilon, momentum, weight_decay, clip;
    double average; // 0: off
    char *freeze;
    int64_t schedule; // row of schedule_table
    int64_t warmup, decay_updates, plateau_patience, valid_interval, max_skips;
    double plateau_factor;
    /* limits */
    int64_t updates, epochs, patience; // 0: none
    double divergence;                 // 0: none
    /* run */
    int64_t threads, watchdog, keep, checkpoint_interval, log_interval, progress, check, json;
    int64_t keep_tokens, allow_unknown, probabilities, what, products;
    int64_t beam, n_best, length_normalisation; // enum length_normalisation
    double length_penalty;
    double temperature; // of drawing
    int64_t count;      // lines that are drawn
    char *prefix;
    char *kernel, *stop_after;
    char *metric, *valid_metric; // evaluate's: several, separated by commas, or NULL

    enum setting_from *from; // of each row of the table
    char **configs;          // the files of --config, in order
    int config_count;
};

/* One of those that a setting chooses from. */
struct choice {
    const char *name, *help; // help: NULL where the setting's own tells all; name: behind the last
    int uses;                // `use` of the settings that name this one as their chooser, or-ed
};

#define ROWS_HELP "%s"
struct setting {
    const char *name; // as typed, without dashes: "batch-tokens"
    enum setting_type type;
    enum setting_kind kind;
    int commands;                 // of enum command, or-ed
    size_t offset;                // in struct settings
    const char *fallback;         // the default as a person would type it; NULL: chosen, or none
    double least, most;           // of integers and reals
    const char *const *choices;   // NULL-terminated; of a text: what stands for it in --help
    struct choice (*rows)(int i); // instead, choices that are the rows of a table: their help
                                  // stands where the setting's has ROWS_HELP
    const char *chooser;          // it has an effect only where what this setting chose
    int use;                      // has this among its uses
    bool later; // than the first checkpoints: in one only where it is not the default
    /* Ends without full stop; says how a chosen default is chosen. Where commands differ it has a
     * part for each: "prepare: the folder to make|train: the run's folder". */
    const char *help;
};
extern const struct setting settings_table[];
extern const int settings_count;
int settings_row(const char *name); // or -1
/* The i-th that it chooses from, without a name behind the last. */
struct choice setting_choice(const struct setting *setting, int64_t i);

void settings_init(struct settings *settings); // defaults
void settings_release(struct settings *settings);
/* Defaults of the command's own, --config files and the command line: --name value, --name=value,
 * switches also --name and --no-name. An empty value behind "=" is the default; as a word of its
 * own it is missing. Unknown names suggest the nearest. inspect takes its path as a plain argument.
 * benchmark reads a file of train's settings and takes from it what it has itself, limits left out.
 * argv starts behind the command's name. */
void settings_read(struct settings *settings, enum command command, int argc, char **argv,
                   struct faults *faults);
/* One value in words, with the type's and the bounds' checks; subject: what the message starts with
 * ("--hidden", "small.yml: line 3: hidden"). A fault leaves the value as it was, but for a path
 * (which would be called missing too). An empty text is its default. */
void settings_set(struct settings *settings, int row, const char *value, enum setting_from from,
                  const char *subject, struct faults *faults);
/* value: of our own tables, so it is right; NULL or "": CHOSEN. */
void settings_set_default(struct settings *settings, int row, const char *value);
/* The value in words, such that settings_set gives it back; "" for a text that is NULL; false for
 * what is still CHOSEN. The text is replaced. */
bool settings_get(const struct settings *settings, int row, struct text *value);
/* What the setting of that name chose. */
struct choice settings_chosen(const struct settings *settings, const char *name);
/* &settings->hidden: from a config or the command line? */
bool settings_given(const struct settings *settings, const void *member);

/* A default that the command has for itself, as a person would type it, "" where it is CHOSEN; or
 * the table's. with_config: files of --config were given. (settings_own.c) */
const char *settings_fallback(int row, enum command command, int with_config);
/* Gives every value that was not given the command's own default. */
void settings_own_defaults(struct settings *settings, enum command command);

/* What train's chosen defaults depend on. */
struct corpus;
struct settings_facts {
    const struct content *contents; // SIDES of them
    const int64_t *longest;         // of each side: places of the longest sentence; or NULL
    int has_valid, valid_has_text;  // is there a validation corpus, and raw target text in it
    /* about; asked once batch settings are resolved */
    int64_t (*updates_an_epoch)(const struct settings *settings, const struct corpus *corpus);
    const struct corpus *corpus;
};
/* Gives every CHOSEN value of train its value and adds a fault for each contradiction, those of
 * shape_check included. `threads` stays CHOSEN: computing_start() decides. */
void settings_resolve(struct settings *settings, const struct settings_facts *facts,
                      struct faults *faults);
/* What the resolved settings make of a model with such sides, and of its optimizer. */
void settings_shape(const struct settings *settings, const struct content *contents,
                    struct shape *shape);
void settings_optimizer(const struct settings *settings, struct optimizer *optimizer);

/* The files of --source, --second and --target, and their formats. */
struct examples_options settings_texts(const struct settings *settings);
/* That of a side's text, by the task, where none is given for this side. */
enum tokenizer_kind settings_tokenizer(const struct settings *settings, enum side side);
/* --columns "0,3": those of source and target, -1 for the other sides. False: it is not of that
 * form. */
bool settings_columns(const char *value, int column[SIDES]);

/* Required and contradicting options of the other commands (and of train, before any file is
 * opened). train needs --output, or with --check --output or --corpus; whether --corpus must be
 * there as well is known once the folder was looked at. */
void settings_check(const struct settings *settings, enum command command, struct faults *faults);

#endif
