#!/usr/bin/env bash
# A validation loss far above the best ends the run, with one line, on any number of ranks; nothing of that state is
# saved. It is a limit: a run may go on without it.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

# The rate rises so fast that the loss, at first that of knowing little, explodes, and stays finite.
cat >settings.yml <<'YAML'
embedding: 16
hidden: 20
learning-rate: 1000
warmup: 10000
clip: 0
lanes: 2
batch-tokens: 40
valid-interval: 2
updates: 20
patience: 0
YAML

claim "corpora are prepared" make_corpora 400 3
claim "without a limit it goes on to its end" train free 1 1 --divergence 0

# What must be said, from the losses of the free run: the first that is more than 3 above the best before it.
wanted=$(awk -F'[:,]' '/validation_loss/ {
    if (n++ && $4 > best + 3) {
        printf "validation loss %.4g at update %d is more than 3 nats above %.4g, its best at update %d: training diverges (start anew with a ", $4, $2, best, at
        printf "lower --learning-rate, or --divergence 0 to go on)"
        exit
    }
    if (n == 1 || $4 < best) { best = $4; at = $2 }
}' free/metrics.jsonl)
update=${wanted#* at update } update=${update%% *}
claim "after some validations" test "${update:-0}" -gt 2

before() { # RUN: the last checkpoint is of the validation before, and equal to the free run's where that still has it
    points_at "$1" $((update - 2)) && ! ls "$1"/update-*"$update".h5
}
expect_fatal 1 "fatal: $wanted" quiet train one 1 1
claim "nothing is saved of it" before one
expect_fatal 1 "fatal: rank 0 of 2 (HOST): $wanted" quiet train two 2 1
claim "on two ranks neither" before two
expect_fatal 1 "fatal: $wanted" quiet train two 1 1
claim "told to go on, it does" train two 1 1 --divergence 0
claim "as without a limit from the start" cmp free/last.h5 two/last.h5

exploded() { # before the first validation: what guessing loses stands for the best
    ! train early 1 1 --valid-interval 8 --warmup 0 2>&1 >/dev/null | grep -v \
        '^fatal: validation loss [0-9.e+]* at update 8 is more than 3 nats above 3.[0-9]*, that of guessing: training diverges (.*)$' &&
        points_at early 0
}
claim "an explosion before the first validation ends the run too" exploded
