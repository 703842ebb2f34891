#!/usr/bin/env bash
# A run that was stopped and continued on another number of ranks ends as one that was not: stopped by signals in the
# middle of an epoch, between the lanes of an update, in a validation, by each signal, and again while it continues.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

gru_settings <<'YAML'
optimizer: adamw
weight-decay: 0.01
learning-rate: 0.01
checkpoint-interval: 8
plateau-patience: 1
patience: 0
updates: 40
keep: 2
YAML

# stopped RUN RANKS 'HOOKS' UPDATE: trains until the hook's signal: status 75, after that update.
stopped() {
    local run=$1 ranks=$2 status=0
    program=$CHORUS_HOOKS CHORUS_HOOK=$3 train "$run" "$ranks" 1 || status=$?
    [ "$status" = 75 ] && grep -q "\"state\":\"stopped\",\"update\":$4," "$run/status.json" &&
        points_at "$run" "$4"
}
validation_is_due() { "$CHORUS" inspect "$1/last.h5" | grep -Eq '^  validation_due +1$'; }

claim "corpora are prepared" make_corpora 700 3
claim "an undisturbed run on one rank" train undisturbed 1 1

claim "SIGUSR1 on one of two ranks in update 3 stops with 75" stopped a 2 "update.begin 3 1 SIGUSR1" 3
claim "continued on 5 ranks, SIGTERM after a lane of update 17 stops with 75" stopped a 5 "update.gradient 17 2 SIGTERM" 17
claim "continued on 1 rank, SIGINT in the validation of update 24 stops with 75" \
    stopped a 1 "evaluate.block 0 0 SIGINT" 24
claim "and the checkpoint knows that the validation is due" validation_is_due a
claim "continued on 3 ranks it ends" train a 3 1
claim "with the undisturbed run's last checkpoint and metrics" same_end undisturbed a

claim "SIGUSR1 in the first validation" stopped b 3 "evaluate.block 0 2 SIGUSR1" 8
claim "is dropped and due" validation_is_due b
claim "SIGUSR1 in the exchange of update 9" stopped b 8 "update.gradient 9 7 SIGUSR1" 9
claim "continued on 2 ranks it ends" train b 2 1
claim "with the same bits again" same_end undisturbed b

claim "a finished run is finished" train a 2 1
claim "and stays as it is" same_end undisturbed a
expect_fatal 2 "fatal: 2 wrong settings:
    --hidden 64 contradicts the run 'a', which has 32
    --seed 7 contradicts the run 'a', which has 1" "$CHORUS" train --output a --hidden 64 --seed 7
longer() {
    train "$1" 2 1 --updates 48 && points_at "$1" 48
}
claim "a limit may change" longer a
