#!/usr/bin/env bash
# A running series of vectors: sequences that follow each other without an end, the state carried from update to update
# and a part of the checkpoint; the same bits on any number of ranks and after an interruption; validation, score,
# evaluate and sample.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 6
hidden: 16
layers: 2
cell: gru
dropout: 0
learning-rate: 0.02
warmup: 5
lanes: 4
batch-tokens: 60
bptt: 20
valid-interval: 25
valid-metric: rmse
updates: 150
keep: 100
YAML
# Two sensors of one wave, the second the first turned over: equal deviations. A sequence has 1 to so many frames.
signal() { # SEED FRAMES LONGEST
    awk -v seed="$1" -v frames="$2" -v longest="$3" 'BEGIN { srand(seed); for (t = 0; t < frames; t++) {
        x = sin(t / 4) + 0.3 * sin(t / 31); printf "%.6f %.6f\n", 50 + 20 * x, 7 - 20 * x
        if (--left < 1) { print ""; left = 1 + int(longest * rand()) } } }'
}
signal 1 2000 90 >train.frames && signal 2 5014 40 >valid.frames && grep . valid.frames >valid.vectors
of_valid=(--target valid.frames --target-format frames)
as_one=(--target valid.vectors --target-format frames)
sequences=$(awk 'BEGIN { RS = "" } END { print NR }' valid.frames)

prepare() { "$CHORUS" prepare --task language-model --target-format frames --output new "$@"; }
expect_fatal 2 "fatal: --max-length has no effect with --stream" prepare --stream --target train.frames --max-length 50
expect_fatal 2 "fatal: --stack has no effect with --target-format text" prepare --stream --target train.frames --target-format text --stack 2
prepared() {
    "$CHORUS" prepare --task language-model --stream --target train.frames --target-format frames --shards 3 --output corpus >said &&
        "$CHORUS" prepare "${of_valid[@]}" --like corpus --shards 2 --output corpus-valid >said-valid &&
        "$CHORUS" prepare --task language-model --target train.frames --target-format frames --output sequences >/dev/null &&
        ranks 3 "$CHORUS" prepare --task language-model --stream --target train.frames --target-format frames --shards 3 --output other &&
        diff -r corpus other && [ "$("$CHORUS" inspect corpus | grep "running series")" ]
}
claim "frames become a running series, the same on three ranks" prepared

claim "one rank" train one 1 1
claim "stopped after 13 of its updates on three ranks" train three 3 1 --updates 13
claim "and continued on two" train three 2 1 --updates 150
claim "the same end" same_end one three
epochs() { grep -q '"update":10,"epoch":2,' one/metrics.jsonl && grep -q '"update":150,"epoch":17,' one/metrics.jsonl; }
claim "epochs have ended between" epochs
checked() { "$CHORUS" inspect --check one/last.h5 >seen && grep -q "stream  *on" seen; }
claim "a checkpoint with what is carried is sound" checked

reported() { # FIELD: of the last validation
    grep '"validation_loss"' one/metrics.jsonl | tail -1 | sed -E "s/.*\"$1\":([^,]*),.*/\1/"
}
score() { "$CHORUS" score --model one/last.h5 "$@"; }
scored() {
    score --corpus corpus-valid >of-corpus 2>totals && score "${of_valid[@]}" >of-file 2>totals-of-file &&
        ranks 3 "$CHORUS" score --model one/last.h5 --corpus corpus-valid 2>/dev/null | tr -d '\r' >of-ranks &&
        cmp of-corpus of-file && cmp of-corpus of-ranks && cmp totals totals-of-file &&
        grep -qx "$sequences sentences, 5014 vectors, loss $(reported validation_loss) a vector" totals
}
claim "score says what training reported, of the corpus, of its file, on three ranks" scored
alike() { score "${as_one[@]}" 2>/dev/null | cmp - of-corpus && score --target valid.vectors --target-format vectors 2>/dev/null | cmp - of-corpus; }
claim "where a sequence ends is the same to the series" alike
expect_fatal 1 "fatal: corpus 'sequences': is no running text: prepare it with --stream" score --corpus sequences
expect_fatal 2 "fatal: --target-format: the model's target is vectors" score --target valid.frames

evaluate() { "$CHORUS" evaluate --model one/last.h5 "$@"; }
# Half the squared error of two numbers of one deviation, in its units.
measured() {
    evaluate "${of_valid[@]}" >metrics && ranks 3 "$CHORUS" evaluate --model one/last.h5 --corpus corpus-valid | tr -d '\r' | cmp - metrics &&
        awk -v loss="$(reported validation_loss)" -v said="$(reported rmse)" '
            FNR == NR { if (NF) { n++; sum += $1; squares += $1 ^ 2 } next }
            $1 == "rmse" { right = sqrt(loss * (squares / n - (sum / n) ^ 2)); ok = ($2 - right) ^ 2 < 1e-7 && (said - right) ^ 2 < 1e-7 }
            $1 == "r2" { fine = $2 > 0.9 && $2 < 1 }
            END { exit !(ok && fine) }' train.frames metrics
}
claim "RMSE and R^2 of evaluate are those of the loss, and validation's" measured
expect_fatal 2 "fatal: --output has no effect: 'one/last.h5' is of one running text or series" evaluate "${of_valid[@]}" --output out

sample() { "$CHORUS" sample --model one/last.h5 --threads 1 --length 50 "$@"; }
goes_on() {
    sample "${of_valid[@]}" >said && sample "${as_one[@]}" | cmp - said && [ "$(grep -c . said)" = 50 ] &&
        ranks 2 "$CHORUS" sample --model one/last.h5 --threads 1 --length 50 "${of_valid[@]}" | tr -d '\r' | cmp - said
}
claim "sample reads the file as one series and goes on at its end alone" goes_on
well() { # for some steps, nearer than what repeats the last frame
    signal 2 5024 40 | grep . | tail -11 | paste - <(echo 0 0 && head -10 said) |
        awk 'NR == 1 { at = $1 } NR > 1 { off += ($1 - $3) ^ 2; repeated += ($1 - at) ^ 2 } END { exit !(off < repeated / 4) }'
}
claim "as the series does" well

stacked() { # two frames at a time
    "$CHORUS" prepare --task language-model --stream --stack 2 --target valid.vectors --target-format frames --output pairs &&
        "$CHORUS" train --corpus pairs --config settings.yml --valid-metric loss --valid pairs --updates 5 --threads 1 --output in-pairs &&
        "$CHORUS" evaluate --model in-pairs/last.h5 --corpus pairs >seen && grep -q "^rmse .*(2507 vectors of 4)" seen &&
        "$CHORUS" sample --model in-pairs/last.h5 "${as_one[@]}" --length 3 >said && [ "$(grep -c . said)" = 6 ] && awk 'NF && NF != 2 { exit 1 }' said
}
claim "frames are joined, and parted again" stacked

train_fails() { "$CHORUS" train --output never --corpus "$@"; }
expect_fatal 1 "fatal: corpus 'sequences' is not like 'corpus': one is a running text (prepare it with --like)" train_fails corpus --valid sequences
expect_fatal 2 "fatal: --bptt has no effect: corpus 'sequences' is no running text" train_fails sequences --bptt 5
claim "and nothing was made" test ! -e never -a ! -e new -a ! -e out
