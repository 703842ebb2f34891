#!/usr/bin/env bash
# What is wrong with the files and settings of a task is told in one line, with the file and its line, and nothing is written.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/tasks.sh"
make_toys train 60 1
make_toys valid 20 2
make() { # NAME SIDES PREPARE: corpora and a run
    "$CHORUS" prepare ${2//%/train} $3 --shards 2 --output "$1" &&
        "$CHORUS" prepare ${2//%/valid} --shards 2 --like "$1" --output "$1-valid" &&
        "$CHORUS" train --corpus "$1" --valid "$1-valid" --embedding 4 --hidden 4 --lanes 2 --updates 2 --valid-interval 2 --threads 1 --output "$1-run"
}
claim "a tagger" quiet make tag "--source %.words --target %.tags" "--task tag"
claim "a classifier" quiet make label "--source %.words --target %.cats" "--task classify --source-tokenizer words"
claim "one of two sources" quiet make two "--source %.held --second %.question --target %.answer" "--task classify --source-tokenizer words"
claim "a regression" quiet make line "--source %.vector --source-format vectors --target %.line --target-format vectors" "--task classify"
claim "a value a step" quiet make step "--source %.frames --source-format frames --target %.sums --target-format frames" "--task tag"

awk 'NF > 1 && !done { $1 = ""; sub(/^ /, ""); done = NR; print NR >"short.line" } { print }' valid.tags >short.tags
short=$(cat short.line) had=$(awk -v n="$(cat short.line)" 'NR == n { print NF }' valid.words)
less=$((had - 1)) s=s && [ "$less" != 1 ] || s=
sed '4s/.*/O X-Y/' valid.tags >strange.tags
sed '5s/.*//' valid.words >hole.words
sed '3s/.*/has two/' valid.cats >strange.cats
sed '3s/.*//' valid.cats >hole.cats
sed 's/$/ 1/' valid.vector >wide.vector
sed '2s/.*/0.5 x/' valid.vector >letter.vector
steps=$(awk '/^$/ { print NR - 1; exit }' valid.sums)
sed '1s/$/\n1/' valid.sums >long.sums
evaluate() { "$CHORUS" evaluate --model "$1-run/best.h5" --threads 1 --output new "${@:2}"; }
score() { "$CHORUS" score --model "$1-run/best.h5" --threads 1 "${@:2}"; }
train() { "$CHORUS" train --corpus "$1" --threads 1 --output new "${@:2}"; }
prepare() { "$CHORUS" prepare --output made "$@"; } # what was begun stays aside, until the next begins
vectors="--source-format vectors --target valid.line --target-format vectors"

# --- a model or a corpus of another task ---
expect_fatal 1 "fatal: checkpoint 'label-run/best.h5': its task is classify: chorus classify" "$CHORUS" tag --model label-run/best.h5
expect_fatal 1 "fatal: checkpoint 'tag-run/best.h5': its task is tag: chorus tag" "$CHORUS" translate --model tag-run/best.h5
expect_fatal 1 "fatal: corpus 'label-valid': was prepared for classify, but the checkpoint's task is tag" evaluate tag --corpus label-valid
expect_fatal 1 "fatal: corpus 'label-valid': was prepared for classify, but the checkpoint's task is tag" score tag --corpus label-valid
expect_fatal 1 "fatal: corpus 'label-valid' is not like 'tag': they were prepared for classify and tag" train tag --valid label-valid
expect_fatal 2 "fatal: --task classify: corpus 'tag' was prepared for tag" train tag --task classify

# --- out of step, unseen, empty ---
out_of_step="fatal: 'short.tags': line $short: has $less tag$s, but its source has $had"
expect_fatal 1 "$out_of_step" evaluate tag --source valid.words --target short.tags
expect_fatal 1 "$out_of_step" score tag --source valid.words --target short.tags
expect_fatal 1 "$out_of_step" prepare --like tag --source valid.words --target short.tags
expect_fatal 1 "fatal: 'long.sums': sequence 1: has $((steps + 1)) vectors, but its source has $steps" evaluate step --source valid.frames --source-format frames --target long.sums --target-format frames
expect_fatal 1 "fatal: 'valid.frames': line 1: has $steps vectors instead of one" prepare --task classify --source valid.vector --source-format vectors --target valid.frames --target-format frames
expect_fatal 1 "fatal: 'strange.tags': line 4: 'X-Y' was not seen in training" evaluate tag --source valid.words --target strange.tags
expect_fatal 1 "fatal: 'strange.cats': line 3: 'has two' was not seen in training" score label --source valid.words --target strange.cats
expect_fatal 1 "fatal: 'strange.cats': line 3: 'has two' was not seen in training" prepare --like label --source valid.words --target strange.cats
expect_fatal 1 "fatal: 'hole.words': line 5: is empty" evaluate tag --source hole.words --target valid.tags
expect_fatal 1 "fatal: 'hole.words': line 5: is empty" score label --source hole.words --target valid.cats
expect_fatal 1 "fatal: 'hole.cats': line 3: is empty" evaluate label --source valid.words --target hole.cats
expect_fatal 1 "fatal: 'hole.words': line 5: an empty side" prepare --like label --strict --source hole.words --target valid.cats
applied() { "$CHORUS" "$1" --model "$2-run/best.h5" --input hole.words --threads 1 2>/dev/null | awk '($0 == "") != (NR == 5) { exit 1 } END { exit NR != 20 }'; }
claim "an empty input has no tags" applied tag tag
claim "and no label" applied classify label

# --- vectors ---
expect_fatal 1 "fatal: 'wide.vector': line 1: has 3 numbers a frame instead of 2" evaluate line --source wide.vector $vectors
expect_fatal 1 "fatal: 'wide.vector': line 1: has 3 numbers a frame instead of 2" prepare --like line --source wide.vector $vectors
expect_fatal 1 "fatal: 'wide.vector': line 1: has 3 numbers a frame instead of 2" "$CHORUS" classify --model line-run/best.h5 --input wide.vector --source-format vectors
expect_fatal 1 "fatal: 'letter.vector': line 2: 'x' is no number" evaluate line --source letter.vector $vectors
expect_fatal 2 "fatal: --source-format: the model's source is vectors" evaluate line --source valid.vector --target valid.line --target-format vectors
expect_fatal 2 "fatal: --target-format: the model's target is text" score label --source valid.words --target valid.line --target-format vectors
expect_fatal 1 "fatal: --target-format: the target of 'label' is text" prepare --like label --source valid.words --target valid.line --target-format vectors

# --- sources ---
expect_fatal 2 "fatal: --second is missing: the model has two sources" evaluate two --source valid.held --target valid.answer
expect_fatal 2 "fatal: --second has no effect: the model has one source" score label --source valid.words --second valid.question --target valid.cats
expect_fatal 2 "fatal: --second is missing: the model has two sources" "$CHORUS" classify --model two-run/best.h5 --input valid.held
expect_fatal 2 "fatal: --task generate has no second source" prepare --task generate --source valid.label --second valid.words --target valid.spelled

# --- settings and metrics without a meaning ---
without() { expect_fatal 2 "fatal: --$2 has no effect $4" train "$1" --valid "$1-valid" "--$2" $3; }
without label attention dot "with --task classify"
without label decoder-layers 2 "with --task classify"
without tag pooling max "with --task tag"
without tag source-end on "with --task tag"
without step pyramid on "with --task tag"
without line label-smoothing 0.1 "where the target is vectors"
without line unknown-dropout 0.1 "without a source of symbols"
without tag input-layer tanh "without vectors"
without tag feature-embedding 3 "without features beside the words"
metrics_of() { evaluate "$1" --corpus "$1-valid" --metric none 2>&1 | sed "s/.*'none' is none of //; s/, confusion//"; } # no number
expect_fatal 2 "fatal: --valid-metric: 'accuracy' is none of $(metrics_of line)" train line --valid line-valid --valid-metric accuracy
expect_fatal 2 "fatal: --valid-metric: 'rmse' is none of $(metrics_of label)" train label --valid label-valid --valid-metric rmse
expect_fatal 2 "fatal: --metric: 'perplexity' is none of $(metrics_of line)" evaluate line --corpus line-valid --metric perplexity
expect_fatal 2 "fatal: --task tag needs --source-tokenizer words or characters: a tag for each" prepare --task tag --source valid.words --target valid.tags --source-tokenizer lines
expect_fatal 2 "fatal: --stack has no effect with --task tag: a tag for each frame" prepare --task tag --source valid.frames --source-format frames --stack 2 --target valid.hot
expect_fatal 2 "fatal: --beam has no effect where no sequences of symbols are searched for" evaluate label --corpus label-valid --beam 2
claim "vectors need no text beside them" quiet evaluate line --corpus line --metric loss,rmse
claim "score says their loss" eval 'score line --corpus line-valid 2>&1 >/dev/null | grep -Eqx "20 sentences, 20 vectors, loss [0-9.]+ a vector"'
rm -f new
claim "nothing was half-written" test -z "$(ls -d new* made 2>/dev/null)"
