#!/usr/bin/env bash
# Every rank holds the same weights: a copy that differs ends the run at the next boundary, and rank and parameter are named. A gradient
# that is not finite skips the update on all ranks; too many in a row end the run. In each case nothing is lost.
. "$(dirname "$0")/lib.sh"
. "$CHORUS_SOURCE/tests/commands/text.sh"
. "$CHORUS_SOURCE/tests/commands/run.sh"
[ -n "$CHORUS_HOOKS" ] || skip "no program with hooks"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 20
learning-rate: 0.01
warmup: 2
batch-tokens: 40
valid-interval: 8
checkpoint-interval: 4
max-skips: 3
updates: 16
keep: 2
YAML

hooked() { # 'HOOKS' RUN RANKS: training with hooks, without its log
    program=$CHORUS_HOOKS CHORUS_HOOK=$1 train "$2" "$3" 1 >/dev/null
}
stands_at() { # RUN UPDATE: its last checkpoint is that one, and sound
    [ "$(readlink "$1/last.h5")" = "update-$(printf %08d "$2").h5" ] && "$CHORUS" inspect --check "$1/last.h5"
}
same_end() { # A B
    cmp "$1/last.h5" "$2/last.h5" && cmp <(metrics "$1") <(metrics "$2")
}

claim "corpora are prepared" make_corpora 400 3
claim "an undisturbed run" train undisturbed 1 1
# The hook flips the last bit of the weights: it is of the last parameter.
last=$("$CHORUS" inspect undisturbed/last.h5 | awk '/^Parameters/ { on = 1; next } on && NF { name = $1 } END { print name }')

for rank in 1 0; do
    expect_fatal 1 "fatal: rank 0 of 3 (HOST): weights of rank $rank (HOST) differ from the others' in '$last'" \
        hooked "update.weights 12 $rank flip" "flipped-$rank" 3
    claim "the checkpoint before it stands" stands_at "flipped-$rank" 8
    claim "continued on 2 ranks it ends" train "flipped-$rank" 2 1
    claim "as if nothing had been" same_end undisturbed "flipped-$rank"
done
expect_fatal 1 "fatal: rank 0 of 3 (HOST): weights of rank 2 (HOST) differ from the others' in '$last'" \
    hooked "update.weights 4 2 flip" checkpoint 3
claim "before a checkpoint that no validation goes with, too" stands_at checkpoint 0

logged() { # RUN: one skipped update, the fifth, in its log and metrics
    [ "$(grep -c '"skipped":true' "$1/metrics.jsonl")" = 1 ] && grep -q '^{"update":5,.*"gradient_norm":null,.*"skipped":true' "$1/metrics.jsonl" &&
        grep -qx 'update 5 skipped: the gradient is not finite' "$1.log"
}
skipping() { # RUN RANKS RANK
    program=$CHORUS_HOOKS CHORUS_HOOK="update.gradient 5 $3 nan" train "$1" "$2" 1 | tr -d '\r' >"$1.log"
    [ "${PIPESTATUS[0]}" = 0 ] && stands_at "$1" 16 && logged "$1"
}
claim "a NaN in a lane's gradient on one rank: the update is skipped, logged, and the run goes on" skipping skipped-1 1 0
claim "on the last of three ranks" skipping skipped-3 3 2
claim "with the same bits" same_run skipped-1 skipped-3
refute "which are not those of a run that skipped none" cmp undisturbed/last.h5 skipped-1/last.h5

nan() { echo "update.gradient $1 1 nan"; }
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 3 updates in a row had no finite loss or gradient" \
    hooked "$(nan 9); $(nan 10); $(nan 11)" skips 3
claim "the checkpoint before them stands" stands_at skips 8
claim "continued without them it ends" train skips 2 1
claim "as if nothing had been" same_end undisturbed skips
claim "three with a good one between them are no end" hooked "$(nan 9); $(nan 10); $(nan 12)" good-between 3
