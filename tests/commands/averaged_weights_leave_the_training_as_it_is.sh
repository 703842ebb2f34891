#!/usr/bin/env bash
# The average of the weights (--average): validation and score see it, it is the same on any number of ranks and after
# any interruption, what trains is as it is without it, and it is guarded as the moments are.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

gru_settings <<'YAML'
optimizer: adamw
weight-decay: 0.01
learning-rate: 0.01
schedule: constant
patience: 0
updates: 24
keep: 100
average: 0.9
YAML

claim "corpora are prepared" make_corpora 400 3
claim "an undisturbed run on one rank" train undisturbed 1 1
claim "a run on 5 ranks of 2 threads" train five 5 2
claim "has the same files and metrics" same_run undisturbed five

stopped() { # RUN RANKS 'HOOKS' UPDATE: trains until the hook's signal: status 75, after that update
    local status=0
    hooked "$3" "$1" "$2" || status=$?
    [ "$status" = 75 ] && points_at "$1" "$4"
}
claim "stopped in the middle of update 3 of two ranks" stopped a 2 "update.gradient 3 1 SIGUSR1" 3
claim "and in the validation of update 16 of three, where the weights are the average" \
    stopped a 3 "evaluate.block@2 0 2 SIGTERM" 16
claim "continued on one rank it ends" train a 1 1
claim "with the undisturbed run's files and metrics" same_end undisturbed a

# --- what it is ---
updates() { metrics "$1" | grep gradient_norm; }
validations() { metrics "$1" | sed -n 's/.*"validation_loss":\([^,]*\),.*/\1/p'; }
claim "a run without it" train plain 1 1 --average 0
claim "has the same updates" cmp <(updates undisturbed) <(updates plain)
refute "and other validations" cmp <(validations undisturbed) <(validations plain)
scored() { # RUN: score gives the loss of its last validation
    local loss
    loss=$(validations "$1" | tail -1)
    "$CHORUS" score --model "$1/last.h5" --corpus corpus-valid --threads 1 2>&1 >/dev/null | grep -F " loss $loss a token,"
}
claim "score sees the average" scored undisturbed
claim "and without one the weights" scored plain
claim "inspect reads both" quiet "$CHORUS" inspect --check undisturbed/last.h5
claim "and says so" eval '"$CHORUS" inspect undisturbed/last.h5 | grep -qx "  average              of the weights, which translate and score use"'
refute "a checkpoint without it does not mention it" eval '"$CHORUS" inspect plain/last.h5 | grep -q average'
larger() { [ "$(wc -c <undisturbed/last.h5)" -gt $(($(wc -c <plain/last.h5) + 4 * 16528)) ]; }
claim "and is smaller by all its weights" larger

# --- what changes by itself ---
flipped() { hooked "update.begin 9 0 settle; $1" "$2" "$3" >/dev/null; }
expect_fatal 1 "fatal: rank 1 of 2 (HOST): memory changed by itself: average of 'context.0.bias' to 'source.embedding' at update 10 (block 1 of 1): the memory of this host is to be suspected" \
    flipped "guard.average 10 1 flip" flip 2
claim "the checkpoint before it is sound" stands_at flip 8
expect_fatal 1 "fatal: rank 0 of 3 (HOST): weights of rank 1 (HOST) differ from the others' in 'source.embedding'" \
    flipped "averaged.weights 16 1 flip" flip 3
claim "continued on three ranks it ends" train flip 3 1
claim "as if nothing had been" same_end undisturbed flip
