#!/usr/bin/env bash
# No rank acts alone: a signal to one of them stops all after the same update; a gradient or loss that is not finite on
# one skips the update on all, with lane and sentences named, and too many in a row end the run. Nothing is lost. (That
# one's error ends all: a_failure_is_one_line_and_leaves_nothing_behind.sh; that patience does:
# same_bits_on_any_number_of_ranks_and_threads.sh.)
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

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

settled() { # 'HOOKS' RUN RANKS: training with hooks, without its log; the checkpoint of update 8 reaches the disk
    hooked "update.begin 9 0 settle; $1" "$2" "$3" >/dev/null
}

claim "corpora are prepared" make_corpora 400 3
claim "an undisturbed run" train undisturbed 1 1

stopped() { # HOOK UPDATE RUN RANKS
    local status=0
    hooked "$1" "$3" "$4" || status=$?
    [ "$status" = 75 ] && [ "$(stopped_at "$3")" = "$2" ] && points_at "$3" "$2"
}
claim "a signal to the last of three ranks stops all, after the same update" stopped "update.begin 5 2 SIGUSR1" 5 stopped 3
claim "continued on 2 ranks it ends" train stopped 2 1
claim "as if nothing had been" same_end undisturbed stopped

logged() { # RUN: one skipped update, the fifth, in its log and metrics
    [ "$(grep -c '"skipped":true' "$1/metrics.jsonl")" = 1 ] && grep -q '^{"update":5,.*"gradient_norm":null,.*"skipped":true' "$1/metrics.jsonl" &&
        grep -Exq 'update 5 skipped: the gradient of lane 4 is not finite; its sentences: lines [0-9]+(, [0-9]+)+ of the text' "$1.log"
}
skipping() { # RUN RANKS RANK PASSING: a NaN in lane 4, which is the rank's passing-th
    program=$CHORUS_HOOKS CHORUS_HOOK="update.gradient@$4 5 $3 nan" train "$1" "$2" 1 | tr -d '\r' >"$1.log"
    [ "${PIPESTATUS[0]}" = 0 ] && stands_at "$1" 16 && logged "$1"
}
same_skip() { # RUN: its line is that on one rank
    cmp <(grep skipped skipped-1.log) <(grep skipped "$1.log")
}
claim "a NaN in a lane's gradient on one rank: the update is skipped, lane and lines are logged, and the run goes on" skipping skipped-1 1 0 5
claim "on the last of two ranks" skipping skipped-2 2 1 1
claim "with the same line" same_skip skipped-2
claim "on the second of three ranks" skipping skipped-3 3 1 2
claim "with the same line" same_skip skipped-3
claim "and the same bits" same_run skipped-1 skipped-3
refute "which are not those of a run that skipped none" cmp undisturbed/last.h5 skipped-1/last.h5

# Every sentence comes once an epoch: so do the lines of its updates, all of them skipped.
all=$(for update in {1..8}; do printf 'update.gradient %s 0 nan; ' "$update"; done)
program=$CHORUS_HOOKS CHORUS_HOOK=$all train epoch 1 1 --lanes 1 --batch-tokens 900 --batch-sentences 100 --max-skips 9 --epochs 1 >epoch.log
lines_of_the_epoch() {
    sed -nE 's/^update [1-8] skipped: the gradient of lane 0 is not finite; its sentences: lines (.*) of the text\r?$/\1/p' epoch.log |
        sed 's/, /\n/g' | sort -n
}
claim "the lines of an epoch's skipped updates are those of the text, each once" cmp <(lines_of_the_epoch) <(seq 400)

nan() { echo "update.gradient $1 1 nan"; }
ended_by_skips() { # 'WHAT' COMMAND ...: one line, which names the lines (at an epoch's end a lane may be empty)
    local what=$1 said status=0
    shift
    said=$("$@" 2>&1 >/dev/null </dev/null) || status=$?
    echo "$said"
    [ "$status" = 1 ] && grep -Exq "fatal: (rank 0 of 3 \([^)]*\): )?3 updates in a row had no finite loss or gradient: in the last, \
the $what is not finite; (its sentences: lines [0-9]+(, [0-9]+)+ of the text|it has no sentences)" <<<"$said"
}
claim "three such updates in a row end the run" ended_by_skips 'gradient of lane 3' settled "$(nan 9); $(nan 10); $(nan 11)" skips 3
claim "the checkpoint before them stands" stands_at skips 8
claim "continued without them it ends" train skips 2 1
claim "as if nothing had been" same_end undisturbed skips
claim "three with a good one between them are no end" settled "$(nan 9); $(nan 10); $(nan 12)" good-between 3
# A decay that multiplies the weights by a million: they are infinite after some updates.
claim "a loss that is not finite is named, too" ended_by_skips 'loss of lane 0 \(the first of 8 such lanes\)' \
    train infinite 1 1 --optimizer sgd --learning-rate 1000 --weight-decay 1000 --warmup 0 --valid-interval 100
