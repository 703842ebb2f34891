#!/usr/bin/env bash
# Task language-model on sentences: one text, to the same bits on 1 and 3 ranks, continued on 2; a validation and
# `score` of one text alone; what has no meaning without a source is refused.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 12
hidden: 20
layers: 2
learning-rate: 0.02
warmup: 5
lanes: 3
batch-tokens: 100
valid-interval: 5
updates: 20
keep: 100
YAML
make_text train 300 1
make_text valid 60 2
prepared() {
    "$CHORUS" prepare --task language-model --target train.target --tokenizer words --shards 3 --output corpus &&
        "$CHORUS" prepare --target valid.target --like corpus --output corpus-valid
}
claim "a text becomes a corpus, and another like it" prepared
claim "one rank" train one 1 1
claim "stopped after 10 of its updates on three ranks" train three 3 1 --updates 10
claim "and continued on two" train three 2 1 --updates 20
claim "the same files and metrics" same_run one three

reported() { # FIELD: of the last validation
    grep '"validation_loss"' one/metrics.jsonl | tail -1 | sed -E "s/.*\"$1\":([^,]*),.*/\1/"
}
claim "it learns: guessing at 32 symbols alike takes 5 bits" awk -v bits="$(reported bits)" 'BEGIN { exit !(bits > 1 && bits < 4.6) }'
claim "bits are nats divided by log 2" awk -v bits="$(reported bits)" -v loss="$(reported validation_loss)" \
    'BEGIN { d = bits * log(2) - loss; exit !(d < 1e-9 && d > -1e-9) }'
without_source() {
    "$CHORUS" inspect --json one/last.h5 >seen && grep -q '"name":"decoder.1.input"' seen &&
        ! grep -Eq '"name":"(encoder|source|readout)' seen
}
claim "there is nothing of a source in its parameters" without_source

score() { "$CHORUS" score --model three/last.h5 "$@"; }
scored() {
    score --corpus corpus-valid >of-corpus 2>totals && score --target valid.target >of-text 2>totals-of-text &&
        ranks 3 "$CHORUS" score --model three/last.h5 --target valid.target 2>/dev/null | tr -d '\r' >of-ranks &&
        cmp of-corpus of-text && cmp of-corpus of-ranks && cmp totals totals-of-text &&
        grep -q "loss $(reported validation_loss) a token, .* bits a token" totals
}
claim "score says what training reported, of the corpus, of its text, on three ranks" scored
empty() { echo | "$CHORUS" score --model three/last.h5 --target - 2>said | grep -qE '^-[0-9.]+	1$'; }
claim "an empty line alone is its end" empty

said() { grep -q "perplexity [0-9.]* a token ([0-9.]* nats, [0-9.]* bits), .* a word" <("$CHORUS" train --output one --updates 25 --threads 1); }
claim "the log says nats and bits" said

sample() { "$CHORUS" sample --model three/last.h5 "$@"; }
samples() {
    sample --count 5 --threads 1 >drawn && sample --count 5 --threads 2 >again && cmp drawn again &&
        ranks 3 "$CHORUS" sample --model three/last.h5 --count 5 --threads 1 | tr -d '\r' >again && cmp drawn again &&
        [ "$(wc -l <drawn)" = 5 ] && sample --count 2 --threads 1 | cmp - <(head -2 drawn)
}
claim "sample draws lines, the same by any threads, ranks and number of them" samples
claim "each line is another" test "$(sort -u drawn | wc -l)" = 5
others() { sample --count 5 --seed 2 >again && ! cmp -s drawn again; }
claim "another seed draws others" others
begins() { sample --count 4 --prefix "t1 t2" >drawn && [ "$(grep -c '^t1 t2' drawn)" = 4 ]; }
claim "each line begins with the prefix" begins
likeliest() { sample --count 2 --temperature 0 >drawn && [ "$(sort -u drawn | wc -l)" = 1 ]; }
claim "without temperature the likeliest is drawn, again and again" likeliest
short() { sample --count 9 --length 3 | awk 'NF > 3 { exit 1 }'; }
claim "no more symbols than asked for" short
claim "a closed pipe is no failure" without_reader "$CHORUS" sample --model three/last.h5 --count 9
expect_fatal 2 "fatal: --prefix: has a line end, but 'three/last.h5' is a model of single lines" sample --prefix $'t1\nt2'
expect_fatal 2 "fatal: --target has no effect: 'three/last.h5' is a model of symbols" sample --target valid.target

# A series of numbers: 200 places of a wave, whose next value follows from the last two.
waves() { # SEED LINES PLACES
    awk -v seed="$1" -v lines="$2" -v places="$3" 'BEGIN { srand(seed); for (i = 0; i < lines; i++) {
        at = 6.28 * rand(); for (t = 0; t < places; t++) print 50 + 20 * sin(at + t / 3); print "" } }'
}
waves 1 200 30 >waves.train && waves 2 20 30 >waves.valid && waves 2 20 15 >waves.begun
series() {
    "$CHORUS" prepare --task language-model --target waves.train --target-format frames --output waves &&
        "$CHORUS" prepare --target waves.valid --target-format frames --like waves --output waves-valid &&
        "$CHORUS" train --corpus waves --valid waves-valid --hidden 24 --embedding 8 --cell gru --dropout 0 --lanes 2 --batch-sentences 8 \
            --learning-rate 0.01 --updates 150 --valid-interval 50 --threads 1 --output waves-run
}
claim "a language model of numbers" series
go_on() { "$CHORUS" sample --model waves-run/best.h5 --target waves.begun --target-format frames --length 5 "$@" >expected; }
claim "goes on with each sequence" go_on
goes_on_well() { # nearer than what repeats the last number
    awk 'BEGIN { RS = "" } FNR == 1 { file++ } { for (i = 1; i <= NF; i++) value[file, FNR, i] = $i; if (file == 1 && NF != 5) bad = 1 }
        END { for (n = 1; n <= 20; n++) for (i = 1; i <= 5; i++) { right = value[2, n, 15 + i]
                said += (value[1, n, i] - right) ^ 2; repeated += (value[2, n, 15] - right) ^ 2 }
              exit bad || !(said > 0 && said < repeated / 4) }' expected waves.valid
}
claim "by five numbers, as the series does" goes_on_well
alike_on_ranks() { mv expected before && ranks 3 "$CHORUS" sample --model waves-run/best.h5 --target waves.begun --target-format frames --length 5 --threads 1 | tr -d '\r' | cmp - before; }
claim "the same on three ranks" alike_on_ranks
measured() { # the next value, from those before
    "$CHORUS" evaluate --model waves-run/best.h5 --corpus waves-valid --output next | awk '$1 == "rmse" { print $2 }' >said &&
        paste next waves.valid | awk 'NF { n++; sum += ($1 - $2) ^ 2 } END { printf "%.4f\n", sqrt(sum / n) }' | cmp - said &&
        [ "$(grep -c . next)" = 600 ] && awk '{ exit !($1 < 8) }' said
}
claim "evaluate says how far off the next value is" measured
claim "on three ranks too" bash -c '"$CHORUS_SOURCE/tests/mpirun.sh" 3 "$CHORUS" evaluate --model waves-run/best.h5 --corpus waves-valid --output again >seen && cmp next again'
of_waves() { "$CHORUS" sample --model waves-run/best.h5 "$@"; }
expect_fatal 2 "fatal: --target is missing: the model has one" of_waves
expect_fatal 2 "fatal: --target-format: the model's target is vectors" of_waves --target waves.begun
expect_fatal 2 "fatal: --temperature has no effect with a model of vectors" of_waves --temperature 2 --target waves.begun --target-format frames
printf '1\n2 3\n' >wrong.frames
claim "wrong numbers are said with their line" bash -c '! "$CHORUS" sample --model waves-run/best.h5 --target wrong.frames --target-format frames >out 2>seen && grep -q "^fatal: .wrong.frames.: " seen && [ ! -s out ]'
claim "a reader that leaves is no failure" without_reader of_waves --target waves.begun --target-format frames

train_fails() { "$CHORUS" train --corpus corpus --output never "$@"; }
expect_fatal 2 "fatal: --bidirectional has no effect with --task language-model" train_fails --bidirectional
expect_fatal 2 "fatal: 2 wrong settings:
    --context-use has no effect with --task language-model
    --attention has no effect with --task language-model" train_fails --attention dot --context-use first
expect_fatal 2 "fatal: --task tag: corpus 'corpus' was prepared for language-model" train_fails --task tag
expect_fatal 2 "fatal: --source has no effect: the model has none" score --source valid.source --target valid.target
claim "and nothing was made" test ! -e never
