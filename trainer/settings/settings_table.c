#include "comm/base/die.h"
#include "model/product/product.h"
#include "trainer/settings/schedules.h"
#include "trainer/settings/settings.h"
#include "trainer/settings/task.h"

/* A row reads as a line: name, member of struct settings, kind, commands, default, bounds, help. */
/* clang-format off */
#define ROW(name_, member_, kind_, commands_, fallback_, type_, ...)                               \
    {.name = (name_), .type = SETTING_##type_, .kind = SETTING_##kind_, .commands = (commands_),   \
     .offset = offsetof(struct settings, member_), .fallback = (fallback_), __VA_ARGS__}
#define INTEGER(name_, member_, kind_, commands_, fallback_, least_, most_, ...)                   \
    ROW(name_, member_, kind_, commands_, fallback_, INTEGER, .least = (least_), .most = (most_),  \
        .help = __VA_ARGS__)
#define REAL(name_, member_, kind_, commands_, fallback_, least_, most_, ...)                      \
    ROW(name_, member_, kind_, commands_, fallback_, REAL, .least = (least_), .most = (most_),     \
        .help = __VA_ARGS__)
#define SWITCH(name_, member_, kind_, commands_, fallback_, help_)                                 \
    ROW(name_, member_, kind_, commands_, fallback_, SWITCH, .help = (help_))
#define CHOICE(name_, member_, kind_, commands_, fallback_, choices_, help_)                       \
    ROW(name_, member_, kind_, commands_, fallback_, CHOICE, .choices = (choices_), .help = (help_))
#define ROWS(name_, member_, kind_, commands_, fallback_, rows_, help_)                            \
    ROW(name_, member_, kind_, commands_, fallback_, CHOICE, .rows = (rows_), .help = (help_))
#define TEXT(name_, member_, kind_, commands_, fallback_, word_, help_)                            \
    ROW(name_, member_, kind_, commands_, fallback_, TEXT, .choices = (word_), .help = (help_))
#define LATER(...) ROW(__VA_ARGS__, .later = true)
/* Behind the help: it has an effect where the choice of that setting uses it. */
#define OF(chooser_, use_) .chooser = (chooser_), .use = (use_)
/* clang-format on */

enum {
    PREPARE = COMMAND_PREPARE,
    TRAIN = COMMAND_TRAIN,
    TRANSLATE = COMMAND_TRANSLATE,
    SCORE = COMMAND_SCORE,
    EVALUATE = COMMAND_EVALUATE,
    APPLIES = COMMAND_TRANSLATE | COMMAND_TAG | COMMAND_CLASSIFY | COMMAND_GENERATE,
    SEARCHES = COMMAND_TRANSLATE | COMMAND_GENERATE,
    INSPECT = COMMAND_INSPECT,
    BENCHMARK = COMMAND_BENCHMARK,
    SAMPLE = COMMAND_SAMPLE,
    TRAINS = TRAIN | BENCHMARK
};

#define WORDS static const char *const
WORDS a_path[] = {"PATH", NULL};
WORDS a_name[] = {"NAME", NULL};
WORDS two_columns[] = {"N,N", NULL};
WORDS names[] = {"NAME[,NAME...]", NULL};
WORDS a_text[] = {"TEXT", NULL};
WORDS a_duration[] = {"DURATION", NULL};
/* In the order of their enums. */
WORDS formats[] = {"text", "frames", "vectors", "hdf5", NULL};
WORDS file_formats[] = {"lines", "conll", NULL};
WORDS algorithms[] = {"unigram", "bpe", NULL};
WORDS progresses[] = {"live", "lines", NULL};
WORDS normalisations[] = {"power", "wu", NULL};
WORDS whats[] = {"train", "prepare", "translate", "products", NULL};

static struct choice tasks(int i)
{
    return (struct choice){.name = task_table[i].name, .help = task_table[i].help};
}

static struct choice optimizers(int i)
{
    const struct optimizer_kind *row = optimizer_table[i];
    return row ? (struct choice){row->name, row->help, row->uses} : (struct choice){0};
}

static struct choice schedules(int i)
{
    const struct schedule *row = &schedule_table[i];
    return (struct choice){row->name, row->help, row->uses};
}

#define WIDEST 65536
#define MANY 1e9
#define RATE 0.999 // of a dropout
#define ALMOST_ONE 0.999999

/* clang-format off */
const struct setting settings_table[] = {
    LATER("task", task, MODEL, PREPARE | TRAINS, "translate", CHOICE, .rows = tasks, .help =
           "prepare: what the corpus is to teach: " ROWS_HELP "; with --like it is that one's"
           "|train: that of the corpus"
           "|benchmark: whose model is measured, on made-up sentences; of --corpus its own"),
    TEXT("source", source, RUN, PREPARE | SCORE | EVALUATE, NULL, a_path,
         "source text, one sentence a line; may be .gz; - is standard input"),
    TEXT("target", target, RUN, PREPARE | SCORE | EVALUATE | SAMPLE, NULL, a_path,
         "prepare: target text, line by line the translation of the source; may be .gz; - is "
         "standard input"
         "|score: what is scored, line by line; may be .gz; - is standard input"
         "|evaluate: what should come out, line by line; may be .gz; - is standard input"
         "|sample: of a model of vectors, the sequences that it goes on with, of a running series all "
         "as one; - is standard input"),
    TEXT("second", second, RUN, PREPARE | SCORE | EVALUATE | COMMAND_TRANSLATE | COMMAND_CLASSIFY, NULL, a_path,
         "another source beside the first, as a question beside a text; a repeated --source is it"),
    TEXT("pairs", pairs, RUN, PREPARE, NULL, a_path,
         "instead of --source and --target: one text, on each line source, TAB, target"),
    CHOICE("format", format, RUN, PREPARE, "lines", file_formats,
           "of the files: lines, each side has one of its own; conll, --source is a CoNLL file, a "
           "word a line, blank lines between sentences"),
    TEXT("columns", columns, RUN, PREPARE, "0,1", two_columns,
         "of a CoNLL file these, counted from 0, are source and target"),
    CHOICE("source-format", source_format, RUN, PREPARE | SCORE | EVALUATE | APPLIES, "text", formats,
           "of the source: a line each, or sequences of vectors: frames, one a line, blank lines "
           "between sequences; vectors, a line a sequence of one; hdf5, /values and /offsets"),
    CHOICE("second-format", second_format, RUN, PREPARE | SCORE | EVALUATE | COMMAND_TRANSLATE | COMMAND_CLASSIFY, "text", formats,
           "of the second source"),
    CHOICE("target-format", target_format, RUN, PREPARE | SCORE | EVALUATE | SAMPLE, "text", formats, "of the target"),
    TEXT("corpus", corpus, RUN, TRAIN | SCORE | EVALUATE | BENCHMARK, NULL, a_path,
         "train: the prepared corpus to train on (a run that continues knows it)"
         "|score: a prepared corpus, instead of --source and --target"
         "|evaluate: a corpus prepared with --like, instead of --source and --target"
         "|benchmark: with --what train: a prepared corpus, instead of the made-up one"),
    TEXT("valid", valid, RUN, TRAIN, NULL, a_path,
         "corpus for validation, prepared with --like"),
    TEXT("from", origin, RUN, TRAIN, NULL, a_path,
         "a checkpoint of another run (run/best.h5) whose weights and model settings a new run "
         "starts with; the corpus must be prepared with --like it, or like its corpus"),
    TEXT("model", model, RUN, APPLIES | SCORE | EVALUATE | SAMPLE, NULL, a_path, "the checkpoint: run/best.h5"),
    TEXT("input", input, RUN, APPLIES, "-", a_path,
         "what it is applied to: text, one sentence a line, or what --source-format says"),
    TEXT("output", output, RUN, PREPARE | TRAIN | APPLIES | EVALUATE, NULL, a_path,
         "prepare: folder of the corpus to make"
         "|train: folder of the run; where it holds a run, that run continues"
         "|translate: file for the translations; standard output if it is not given, or -"
         "|tag: file for the tags; standard output if it is not given, or -"
         "|classify: file for the labels; standard output if it is not given, or -"
         "|generate: file for the texts; standard output if it is not given, or -"
         "|evaluate: file for the model's outputs, a line each"),
    TEXT("metric", metric, RUN, EVALUATE, NULL, names,
         "which metrics (default: those of the task)"),
    TEXT("path", path, RUN, INSPECT, NULL, a_path,
         "a corpus, a checkpoint or the folder of a run"),

    SWITCH("overwrite", overwrite, RUN, PREPARE, "off", "replace an output that exists"),
    TEXT("like", like, RUN, PREPARE, NULL, a_path,
         "take vocabularies and tokenizers from this corpus (for validation and test), or from "
         "this checkpoint (for train --from); drops nothing for its length and keeps the raw "
         "target text"),
    SWITCH("strict", strict, RUN, PREPARE, "off",
           "invalid UTF-8, an empty side or a line over --max-length ends the preparation"),
    INTEGER("shards", shards, RUN, PREPARE, "8", 1, 100000, "files that the corpus is split into"),
    INTEGER("max-length", max_length, RUN, PREPARE, "200", 1, 1e6,
            "pairs with more tokens on a side are dropped"),
    CHOICE("tokenizer", tokenizer, RUN, PREPARE, "sentencepiece", tokenizer_names,
           "what splits the text of both sides"),
    CHOICE("source-tokenizer", source_tokenizer, RUN, PREPARE, NULL, tokenizer_names,
           "of the source (default: --tokenizer)"),
    CHOICE("target-tokenizer", target_tokenizer, RUN, PREPARE, NULL, tokenizer_names,
           "of the target (default: --tokenizer)"),
    INTEGER("vocabulary", vocabulary, RUN, PREPARE | BENCHMARK, "8000", 4, 1e7,
            "prepare: largest number of symbols of either side; the default shrinks to what the "
            "text has|benchmark: words of either side of the made-up corpus; tags and labels are 50 at "
            "most"),
    INTEGER("length", length, RUN, BENCHMARK | SAMPLE, "40", 1, MANY,
            "benchmark: most tokens a side of a made-up sentence; the fewest are 5; a label is one"
            "|sample: most symbols that are drawn, or vectors: of each line, or of a stream in all"),
    INTEGER("source-vocabulary", source_vocabulary, RUN, PREPARE, NULL, 4, 1e7,
            "of the source (default: --vocabulary)"),
    INTEGER("target-vocabulary", target_vocabulary, RUN, PREPARE, NULL, 4, 1e7,
            "of the target (default: --vocabulary)"),
    LATER("stream", stream, MODEL, PREPARE | TRAIN, "off", SWITCH, .help =
           "prepare: for language-model: the text is one running text, whose lines follow each other; "
           "nothing is dropped for its length, and the state is carried on; vectors are one series, "
           "in which a sequence has no end"
           "|train: as the corpus was prepared"),
    INTEGER("features", features, RUN, PREPARE, "0", 0, CONTENT_FEATURES,
            "beside each word of the source, separated from it and each other by bars"),
    INTEGER("stack", stack, RUN, PREPARE, "1", 1, 1000,
            "frames of the source, or of series of language-model, that are joined to one"),
    SWITCH("joint", joint, RUN, PREPARE, "off", "one tokenizer and vocabulary for both sides"),
    CHOICE("sentencepiece", sentencepiece, RUN, PREPARE, "unigram", algorithms,
           "algorithm of SentencePiece"),
    INTEGER("sample", sample, RUN, PREPARE, "1000000", 1, MANY,
            "lines that SentencePiece is trained on at most, drawn from all"),
    TEXT("symbols", symbols, RUN, PREPARE, NULL, a_path,
         "file of symbols that are never split, one a line"),
    INTEGER("min-count", min_count, RUN, PREPARE, NULL, 1, MANY,
            "rarer words or characters are unknown (default: 2 for words, 1 for characters)"),

    INTEGER("embedding", embedding, MODEL, TRAINS, "256", 1, WIDEST, "size of the embeddings"),
    INTEGER("hidden", hidden, MODEL, TRAINS, "512", 1, WIDEST, "size of the decoder's state"),
    INTEGER("layers", layers, MODEL, TRAINS, "1", 1, SHAPE_LAYERS,
            "recurrent layers of encoder and decoder"),
    INTEGER("encoder-layers", encoder_layers, MODEL, TRAINS, NULL, 0, SHAPE_LAYERS,
            "of the encoder; 0: what is embedded is what is read (default: --layers; 0 to generate, "
            "and to classify single vectors)"),
    INTEGER("decoder-layers", decoder_layers, MODEL, TRAINS, NULL, 1, SHAPE_LAYERS,
            "of the decoder (default: --layers)"),
    INTEGER("encoder-hidden", encoder_hidden, MODEL, TRAINS, NULL, 1, WIDEST,
            "size of the encoder's state in one direction "
            "(default: half of --hidden if bidirectional, else --hidden)"),
    SWITCH("bidirectional", bidirectional, MODEL, TRAINS, "on", "the encoder reads both ways"),
    CHOICE("cell", cell, MODEL, TRAINS, "lstm", kinds_cells, "recurrent cell of encoder and decoder"),
    LATER("feature-embedding", feature_embedding, MODEL, TRAINS, "16", INTEGER, .least = 1,
          .most = WIDEST, .help = "size of the embedding of each feature beside the words"),
    LATER("input-layer", input_layer, MODEL, TRAINS, "linear", CHOICE, .choices = kinds_inputs, .help =
           "what vectors go through before the first layer: a linear map, or tanh of one"),
    LATER("pooling", pooling, MODEL, TRAINS, "last", CHOICE, .choices = kinds_poolings, .help =
           "classify: how the states of a sentence become one vector: the last ones, their mean, "
           "the largest, or their mean by attention"),
    LATER("residual", residual, MODEL, TRAINS, "off", SWITCH, .help =
           "layers above the first give their state and what they read, added up (Wu et al. 2016)"),
    LATER("layer-norm", layer_norm, MODEL, TRAINS, "off", SWITCH, .help =
           "layer normalisation inside the cells (Ba et al. 2016)"),
    LATER("pyramid", pyramid, MODEL, TRAINS, "off", SWITCH, .help =
           "encoder layers above the first read pairs of states: each has half the steps of the one "
           "below (Chan et al. 2016)"),
    CHOICE("context", context, MODEL, TRAINS, NULL, kinds_contexts,
           "how the decoder's first state comes from the encoder: its last states, those through "
           "an affine map, or the mean of its states; with --context-use every or both its last "
           "top state or the mean is also what each step reads (default: mean with additive "
           "attention, else last; of two sources affine where there is a first state)"),
    CHOICE("context-use", context_use, MODEL, TRAINS, "attention", kinds_source_uses,
           "attention at every step; or the context as first state only, joined to what every "
           "step and its readout read (the first state is zero), or both (Cho et al. 2014)"),
    LATER("decoder", decoder, MODEL, TRAINS, "plain", CHOICE, .choices = kinds_decoders, .help =
           "one cell a step and layer; or, in the lowest layer, two with attention between them "
           "(the conditional GRU of Firat and Cho 2016, or with --cell's)"),
    LATER("feed-previous", feed_previous, MODEL, TRAINS, "on", SWITCH, .help =
           "the symbol before goes into the step and its readout"),
    CHOICE("attention", attention, MODEL, TRAINS, "additive", kinds_attentions, "scoring function"),
    CHOICE("attention-state", attention_state, MODEL, TRAINS, NULL, kinds_attention_states,
           "decoder state that attends: before the step (Bahdanau et al. 2015) or after it (Luong "
           "et al. 2015) (default: previous with additive, else current)"),
    INTEGER("attention-hidden", attention_hidden, MODEL, TRAINS, NULL, 1, WIDEST,
            "hidden size of additive attention (default: --hidden)"),
    SWITCH("input-feeding", input_feeding, MODEL, TRAINS, NULL,
           "the readout goes into the next step (default: on with attention-state current)"),
    INTEGER("readout", readout, MODEL, TRAINS, NULL, 0, WIDEST,
            "size of the layer before the output; 0, without attention: the output reads the "
            "decoder's state (default: --hidden with attention-state current, else --embedding)"),
    SWITCH("tied-embeddings", tied_embeddings, MODEL, TRAINS, "on",
           "target embedding and output layer share their weights"),
    SWITCH("source-end", source_end, MODEL, TRAINS, "on", "end of sentence is added to the source"),

    INTEGER("seed", seed, TRAINING, PREPARE | TRAINS | SAMPLE, "1", 0, 4294967295.0, "of all randomness"),
    INTEGER("lanes", lanes, TRAINING, TRAINS, "8", 1, LANES_MOST,
            "train: micro-batches an update: the most ranks that can share it"
            "|benchmark: micro-batches an update (default: one for each rank)"),
    INTEGER("batch-tokens", batch_tokens, TRAINING, TRAINS, "500", 1, 1e7,
            "tokens a side that fill a micro-batch"),
    INTEGER("batch-sentences", batch_sentences, TRAINING, TRAINS, "128", 1, 1e6,
            "most sentences in a micro-batch"),
    LATER("bptt", bptt, TRAINING, TRAIN, "128", INTEGER, .least = 1, .most = 1e6, .help =
           "of a stream: symbols, or vectors, of a row in an update, behind which gradients end; a lane "
           "has --batch-tokens / --bptt rows, each a piece of it, whose state is carried on"),
    CHOICE("precision", precision, TRAINING, TRAINS, "float32", product_precisions,
           "what operands of products are rounded to while gradients are computed; sums, weights "
           "and all else are float32; bfloat16 needs AVX512-BF16 or AMX, and oneDNN"),
    REAL("dropout", dropout, TRAINING, TRAINS, "0.3", 0, RATE, "all of the four below"),
    REAL("dropout-embedding", dropout_embedding, TRAINING, TRAINS, NULL, 0, RATE,
         "of embeddings (default: --dropout)"),
    REAL("dropout-layer", dropout_layer, TRAINING, TRAINS, NULL, 0, RATE,
         "between layers (default: --dropout)"),
    REAL("dropout-encoder", dropout_encoder, TRAINING, TRAINS, NULL, 0, RATE,
         "of the encoder's top states (default: --dropout)"),
    REAL("dropout-output", dropout_output, TRAINING, TRAINS, NULL, 0, RATE,
         "of the readout (default: --dropout)"),
    LATER("dropout-state", dropout_state, TRAINING, TRAINS, "0", REAL, .least = 0, .most = RATE, .help =
         "of recurrent states on their way into the next step, one mask for all steps (Gal & "
         "Ghahramani 2016)"),
    LATER("variational", variational, TRAINING, TRAINS, "off", SWITCH, .help =
           "one mask for all steps in --dropout-embedding and --dropout-layer too"),
    REAL("unknown-dropout", unknown_dropout, TRAINING, TRAINS, NULL, 0, RATE,
         "share of source words that become unknown (default: 0.1 if the source is words, else 0)"),
    REAL("label-smoothing", label_smoothing, TRAINING, TRAINS, "0.1", 0, RATE,
         "share of probability spread over all symbols"),
    ROWS("optimizer", optimizer, TRAINING, TRAINS, "adam", optimizers, "how a gradient changes the weights: " ROWS_HELP),
    REAL("learning-rate", learning_rate, TRAINING, TRAINS, "0.001", 0, 1000, "after warm-up"),
    REAL("adam-beta1", adam_beta1, TRAINING, TRAINS, "0.9", 0, ALMOST_ONE,
         "share of the mean of the gradients that is kept", OF("optimizer", OPTIMIZER_BETA1)),
    REAL("adam-beta2", adam_beta2, TRAINING, TRAINS, "0.999", 0, ALMOST_ONE,
         "share of the mean of their squares that is kept", OF("optimizer", OPTIMIZER_BETA2)),
    REAL("adam-epsilon", adam_epsilon, TRAINING, TRAINS, "1e-8", 1e-30, 1,
         "added to its root, which the step is divided by", OF("optimizer", OPTIMIZER_EPSILON)),
    REAL("momentum", momentum, TRAINING, TRAINS, "0.9", 0, ALMOST_ONE,
         "share of the sum of the gradients that is kept", OF("optimizer", OPTIMIZER_MOMENTUM)),
    REAL("weight-decay", weight_decay, TRAINING, TRAINS, NULL, 0, 1000,
         "how much of the weights is added to the gradient (default: 0), unless --optimizer says "
         "otherwise"),
    REAL("clip", clip, TRAINING, TRAINS, "1", 0, MANY,
         "largest norm of the mean gradient per token; 0: no clipping"),
    LATER("freeze", freeze, TRAINING, TRAIN, NULL, TEXT, .choices = names,
          .help = "parameters that updates do not change, and whose gradient --clip does not count: "
                  "what their names begin with, up to a dot, such as encoder or source.embedding; "
                  "of several, with commas between ('chorus inspect' lists all names)"),
    LATER("average", average, TRAINING, TRAINS, "0", REAL, .least = 0, .most = ALMOST_ONE,
          .help = "decay d of a moving average of the weights, which validation, translate and "
                  "score use: after step t, average += (1 - min(d, (1 + t) / (10 + t))) x (weights "
                  "- average); 0: off, 0.998 averages some 500 steps"),
    ROWS("schedule", schedule, TRAINING, TRAIN, NULL, schedules,
         "of the learning rate after warm-up: " ROWS_HELP
         " (default: plateau with --valid, else inverse-sqrt)"),
    INTEGER("warmup", warmup, TRAINING, TRAIN, "300", 0, MANY,
            "updates in which the rate rises linearly"),
    INTEGER("decay-updates", decay_updates, TRAINING, TRAIN, NULL, 0, 1e12,
            "the update at which the rate is zero", OF("schedule", SCHEDULE_DECAYS)),
    REAL("plateau-factor", plateau_factor, TRAINING, TRAIN, "0.5", 0.001, 1,
         "what the rate is multiplied by", OF("schedule", SCHEDULE_PLATEAUS)),
    INTEGER("plateau-patience", plateau_patience, TRAINING, TRAIN, "3", 1, MANY,
            "validations without a new best before that", OF("schedule", SCHEDULE_PLATEAUS)),
    INTEGER("valid-interval", valid_interval, TRAINING, TRAIN, NULL, 1, MANY,
            "updates between validations (default: one epoch, within 100 to 1000)"),
    LATER("valid-metric", valid_metric, TRAINING, TRAIN, "perplexity", TEXT, .choices = a_name, .help =
         "what makes a validation the best, for best.h5, --patience and plateau: perplexity, or "
         "another metric of the task (chorus evaluate --help), which takes the time of translating "
         "the validation corpus, greedily; accuracy for tag and classify, loss where the target is "
         "vectors, unless told"),
    INTEGER("max-skips", max_skips, TRAINING, TRAIN, "10", 1, MANY,
            "updates with a non-finite gradient in a row that end the run"),

    INTEGER("updates", updates, LIMIT, TRAINS, "0", 0, 1e12,
            "train: most updates; 0: no limit"
            "|benchmark: updates (with translate: batches, and sentences) that are measured, behind "
            "3 that are not"),
    INTEGER("epochs", epochs, LIMIT, TRAIN, NULL, 0, MANY,
            "most epochs; 0: no limit (default: 100 with --valid, else 20)"),
    INTEGER("patience", patience, LIMIT, TRAIN, "8", 0, MANY,
            "validations without a new best that end the run; 0: no limit"),
    REAL("divergence", divergence, LIMIT, TRAIN, "3", 0, MANY,
         "a validation loss that is this much above the best, in nats a token, ends the run as "
         "failed; 0: no limit"),

    INTEGER("threads", threads, RUN, TRAINS | APPLIES | SCORE | EVALUATE | SAMPLE, NULL, 1, 4096,
            "threads of each rank (default: OMP_NUM_THREADS, else the cores that the rank may "
            "use)"),
    INTEGER("watchdog", watchdog, RUN, TRAIN, "300", 0, 1e6,
            "seconds within which a rank that stands still is named and ends the job; 0: never"),
    TEXT("kernel", kernel, RUN, TRAINS | APPLIES | SCORE | EVALUATE | SAMPLE, "auto", a_name,
         "kernels of OpenBLAS: auto, or Prescott, Nehalem, Sandybridge, Haswell, Zen, SkylakeX, "
         "Cooperlake, Sapphirerapids; on aarch64 ARMV8, NEOVERSEN1 and others"),
    CHOICE("products", products, RUN, TRAINS | APPLIES | SCORE | EVALUATE | SAMPLE, "auto", product_makers,
           "who multiplies matrices: auto, kernels of Chorus and OpenBLAS, or oneDNN with "
           "bfloat16; reference, plain loops, slow"),
    INTEGER("keep", keep, RUN, TRAIN, "3", 2, MANY, "checkpoints that are kept, beside the best"),
    INTEGER("checkpoint-interval", checkpoint_interval, RUN, TRAINS, NULL, 1, MANY,
            "train: updates between checkpoints (default: at each validation, else 1000)"
            "|benchmark: updates that the time of a checkpoint is spread over, copying and writing "
            "as if nothing were computed meanwhile (default: 1000)"),
    INTEGER("log-interval", log_interval, RUN, TRAIN, "50", 1, MANY, "updates between log lines"),
    CHOICE("progress", progress, RUN, TRAIN, NULL, progresses,
           "one line that changes, or a line now and then "
           "(default: live on a terminal and without a launcher)"),
    TEXT("stop-after", stop_after, RUN, TRAIN, NULL, a_duration,
         "stop with a checkpoint once this start has taken so long, with what saving takes: 90s, "
         "15m, 2h30m, 1d, or seconds (beside SLURM_JOB_END_TIME, which is obeyed by itself)"),
    INTEGER("beam", beam, RUN, SEARCHES | EVALUATE, "5", 1, 1000,
            "hypotheses of a sentence that are followed; 1: greedy"),
    REAL("length-penalty", length_penalty, RUN, SEARCHES | EVALUATE, "1", 0, 10,
         "how much the length of a hypothesis counts for it; 0: not at all"),
    CHOICE("length-normalisation", length_normalisation, RUN, SEARCHES | EVALUATE, "power", normalisations,
           "what the log-probability of n tokens is divided by: power, n to the power of "
           "--length-penalty, or wu, (5 + n) / 6 to that power (Wu et al. 2016)"),
    INTEGER("n-best", n_best, RUN, SEARCHES, "0", 0, 1000,
            "lines for each sentence, the best first, as Moses writes them: the sentence's number "
            "from 0, text, log-probability, score by length; 0: the best one's text alone"),
    REAL("temperature", temperature, RUN, SAMPLE, "1", 0, 100,
         "the logits are divided by it: below 1 likelier symbols come more often; 0: always the "
         "likeliest"),
    TEXT("prefix", prefix, RUN, SAMPLE, NULL, a_text,
         "text that is forced through the model first: each line, or the running text, begins "
         "with it"),
    INTEGER("count", count, RUN, SAMPLE, NULL, 1, MANY,
            "lines that are drawn (default: 1; of a running text as many as --length gives)"),
    SWITCH("keep-tokens", keep_tokens, RUN, SEARCHES | SAMPLE, "off", "tokens instead of text"),
    SWITCH("probabilities", probabilities, RUN, COMMAND_CLASSIFY, "off",
           "behind the label, TABs between, each label with its probability"),
    SWITCH("allow-unknown", allow_unknown, RUN, SEARCHES | EVALUATE, "off",
           "the unknown symbol may be emitted"),
    SWITCH("check", check, RUN, TRAIN | INSPECT, "off",
           "train: do all but train: settings, memory, corpora, lanes"
           "|inspect: read and check everything"),
    SWITCH("json", json, RUN, EVALUATE | INSPECT | BENCHMARK, "off", "one JSON object"),
    CHOICE("what", what, RUN, BENCHMARK, "train", whats,
           "what is measured: training, and validation; preparing text on one core; greedy "
           "translation (or generation), in "
           "batches and sentence by sentence; the matrix products of the model by kernel"),
};
/* clang-format on */
const int settings_count = sizeof(settings_table) / sizeof(settings_table[0]);
