#!/usr/bin/env bash
# Memory that changes by itself: a bit that flips between two updates, in weights of this rank's part or another's or in
# the moments, is found on any number of ranks before it reaches a checkpoint, and named. Nothing is lost.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

# Large enough for more than one block of 16,384 in each array of each rank.
cat >settings.yml <<'YAML'
embedding: 64
hidden: 80
lanes: 4
learning-rate: 0.01
warmup: 2
batch-tokens: 20
valid-interval: 10
checkpoint-interval: 5
updates: 10
keep: 2
YAML

flipped() { # 'HOOKS' RUN RANKS: training with hooks, without its log; the checkpoint of update 5 reaches the disk
    hooked "update.begin 7 0 settle; $1" "$2" "$3" >/dev/null
}
same_at() { # RUN UPDATE: that checkpoint is the undisturbed run's
    stands_at "$1" "$2" && cmp "undisturbed/$(checkpoint "$2")" "$1/last.h5"
}

claim "corpora are prepared" make_corpora 300 3
claim "an undisturbed run" train undisturbed 1 1 --keep 100

runs=0
changed() { # RANKS 'HOOK' SAVED WHO 'ARRAY of PARAMETERS at UPDATE (BLOCK)': the line; the checkpoint before it stands, as it should be
    run=run-$((++runs))
    expect_fatal 1 "fatal: ${4}memory changed by itself: $5: the memory of this host is to be suspected" flipped "$2" "$run" "$1"
    claim "and the checkpoint before it is sound" same_at "$run" "$3"
}
continues() { # RANKS
    claim "continued on $1 ranks it ends" train "$run" "$1" 1
    claim "as if nothing had been" same_end undisturbed "$run"
}

last="'encoder.0.backward.input' to 'source.embedding'"
changed 1 "guard.own 8 0 flip" 5 "" "weights of $last at update 8 (block 9 of 9)"
changed 1 "guard.first 8 0 flip" 5 "" "moments/first of $last at update 8 (block 9 of 9)"
continues 3
changed 2 "guard.before 8 1 flip" 5 "rank 1 of 2 (HOST): " "weights of 'decoder.0.recurrent' at update 8 (block 5 of 10)"
changed 2 "guard.second 8 1 flip" 5 "rank 1 of 2 (HOST): " \
    "moments/second of 'encoder.0.backward.recurrent' to 'source.embedding' at update 8 (block 5 of 5)"
continues 1
changed 3 "guard.behind 8 1 flip; guard.behind 8 0 flip" 5 "rank 0 of 3 (HOST): " "weights of $last at update 8 (block 9 of 9)"
# Behind the step of the update that a checkpoint follows: nothing but the check before the checkpoint can find it.
changed 3 "exchange.gather 5 2 flip" 0 "rank 2 of 3 (HOST): " "weights of $last at update 5 (block 9 of 9)"
changed 3 "guard.first@2 10 1 flip" 5 "rank 1 of 3 (HOST): " \
    "moments/first of 'decoder.0.recurrent' to 'attention.query' at update 10 (block 3 of 3)"
continues 2
