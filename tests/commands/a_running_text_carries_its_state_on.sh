#!/usr/bin/env bash
# A running text: nothing is dropped, the state is carried from update to update and is a part of the checkpoint; the
# same bits on any number of ranks and after interruptions, in the middle of an epoch and across its end; validation,
# score and sample.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 10
hidden: 16
layers: 2
learning-rate: 0.02
warmup: 5
lanes: 4
batch-tokens: 60
bptt: 20
valid-interval: 5
updates: 20
keep: 100
YAML
make_text plain 300 1
make_text valid 60 2
awk '{ print } NR % 9 == 0 { print "" } NR == 100 { for (i = 0; i < 500; i++) printf "t%d ", i % 7; print "" }' plain.target >train.target

prepare() { "$CHORUS" prepare --tokenizer words --shards 3 --output new "$@"; }
expect_fatal 2 "fatal: --stream has no effect with --task translate" prepare --source train.target --target train.target --stream
expect_fatal 2 "fatal: --max-length has no effect with --stream" prepare --task language-model --stream --target train.target --max-length 50
expect_fatal 2 "fatal: 3 wrong settings:
    --task has no effect with --like
    --tokenizer has no effect with --like
    --stream has no effect with --like" prepare --task language-model --like corpus --target valid.target --stream
prepared() {
    "$CHORUS" prepare --task language-model --stream --target train.target --tokenizer words --shards 3 --output corpus >said &&
        "$CHORUS" prepare --target valid.target --like corpus --shards 2 --output corpus-valid >said-valid &&
        "$CHORUS" prepare --task language-model --target train.target --tokenizer words --output sentences >/dev/null
}
claim "a text becomes a running one, and another like it" prepared
claim "nothing is dropped: empty lines and long ones are a part of it" grep -q "^kept 334 of 334 sentences, in 3 shards" said
on_three() {
    ranks 3 "$CHORUS" prepare --task language-model --stream --target - --tokenizer words --shards 3 --output other <train.target >/dev/null &&
        diff -r corpus other
}
claim "the same bytes on three ranks, and from standard input" on_three

claim "one rank" train one 1 1
claim "stopped after 7 of its updates on three ranks" train three 3 1 --updates 7
claim "and after 13 on two, in another epoch" train three 2 1 --updates 13
claim "and continued on five, one idle" train three 5 1 --updates 20
at() { cmp "one/$(checkpoint "$1")" "three/$(checkpoint "$1")"; }
claim "the same checkpoint within the epoch" at 5
claim "and in the next" at 15
claim "the same end" same_end one three
epochs() { grep -q '"update":20,"epoch":2' one/metrics.jsonl && ! grep -q '"update":7,"epoch":2' one/metrics.jsonl; }
claim "an epoch has ended between" epochs
claim "a validation says its perplexity" grep -q '"update":20,"validation_loss":[^,]*,"perplexity":' one/metrics.jsonl
if [ -n "$CHORUS_HOOKS" ]; then
    lost() { ! hooked "update.gradient 12 1 SIGKILL" lost 2 && train lost 3 1; }
    claim "a rank is killed, and the next start goes on" lost
    claim "to the same end" same_end one lost
    mended() { hooked "update.carried 8 0 nan" mended 1 >said && ! grep -q skipped said && stands_at mended 20; }
    claim "a state that is not finite begins anew: no later update is skipped for it" mended
fi
checked() { "$CHORUS" inspect --check one/last.h5 >/dev/null; }
claim "a checkpoint with what is carried is sound" checked

reported() { # FIELD: of the last validation
    grep '"validation_loss"' one/metrics.jsonl | tail -1 | sed -E "s/.*\"$1\":([^,]*),.*/\1/"
}
score() { "$CHORUS" score --model one/last.h5 "$@"; }
scored() {
    score --corpus corpus-valid >of-corpus 2>totals && score --target valid.target >of-text 2>totals-of-text &&
        ranks 3 "$CHORUS" score --model one/last.h5 --corpus corpus-valid 2>/dev/null | tr -d '\r' >of-ranks &&
        cmp of-corpus of-text && cmp of-corpus of-ranks && cmp totals totals-of-text &&
        grep -q "^60 sentences, .* loss $(reported validation_loss) a token, .* bits a token" totals
}
claim "score says what training reported, of the corpus, of its text, on three ranks" scored
whole() { awk -v all="$(awk '{ n += NF + 1 } END { print n }' valid.target)" -F'\t' '{ n += $2 } END { exit !(NR == 16 && n == all) }' of-corpus; }
claim "its pieces are the whole text, line ends included" whole
expect_fatal 1 "fatal: corpus 'sentences': is no running text: prepare it with --stream" score --corpus sentences
evaluate() { "$CHORUS" evaluate --model one/last.h5 --json "$@" 2>/dev/null; }
evaluated() {
    evaluate --corpus corpus-valid >value && evaluate --target valid.target | cmp value &&
        ranks 3 "$CHORUS" evaluate --model one/last.h5 --json --target valid.target 2>/dev/null | tr -d '\r' | cmp value &&
        grep -q "\"loss\":$(reported validation_loss)," value
}
claim "evaluate says its perplexity, of the corpus, of its text, on three ranks" evaluated
expect_fatal 2 "fatal: --output has no effect: 'one/last.h5' is of one running text or series" \
    "$CHORUS" evaluate --model one/last.h5 --target valid.target --output out

sample() { "$CHORUS" sample --model one/last.h5 --length 120 --threads 1 "$@"; }
samples() {
    sample >drawn && ranks 2 "$CHORUS" sample --model one/last.h5 --length 120 --threads 1 | tr -d '\r' >again &&
        cmp drawn again && [ "$(wc -l <drawn)" -gt 3 ] && [ "$(wc -w <drawn)" -le 120 ]
}
claim "sample draws a text of lines, the same on two ranks" samples
behind() { sample --prefix $'t1 t2\nt3' --count 2 >drawn && [ "$(wc -l <drawn)" = 3 ] && [ "$(head -1 drawn)" = "t1 t2" ] && grep -q "^t3" <(sed -n 2p drawn); }
claim "behind a prefix of lines, so many lines" behind

train_fails() { "$CHORUS" train --output never --corpus "$@"; }
expect_fatal 1 "fatal: corpus 'sentences' is not like 'corpus': one is a running text (prepare it with --like)" train_fails corpus --valid sentences
expect_fatal 2 "fatal: --bptt has no effect: corpus 'sentences' is no running text" train_fails sentences --bptt 5
expect_fatal 2 "fatal: --stream: that is for prepare to say: corpus 'sentences' is no running text" train_fails sentences --stream
