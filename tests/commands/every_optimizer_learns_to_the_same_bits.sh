#!/usr/bin/env bash
# Each optimizer that the program has learns, and the same on any number of ranks and after a stop, with parameters
# frozen.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"
[ -n "$CHORUS_HOOKS" ] || skip "no program with hooks"

gru_settings <<'YAML'
learning-rate: 0.02
schedule: constant
patience: 0
updates: 16
freeze: source
keep: 100
YAML

stopped() { # RUN RANKS UPDATE
    local status=0
    hooked "update.gradient $3 1 SIGUSR1" "$1" "$2" --optimizer "$1" || status=$?
    [ "$status" = 75 ] && points_at "$1" "$3"
}
loss() { metrics "$1" | sed -n 's/.*"validation_loss":\([^,]*\),.*/\1/p'; }
learnt() { loss "$1" | awk 'NR == 1 { first = $1 } END { exit !($1 < first) }'; }

claim "corpora are prepared" make_corpora 200 3
optimizers=$("$CHORUS" train --help | sed -n 's/^  --optimizer \([^ ]*\).*/\1/p' | tr '|' ' ')
claim "three optimizers at least" test "$(wc -w <<<"$optimizers")" -ge 3
for optimizer in $optimizers; do
    claim "$optimizer" train one 1 1 --optimizer "$optimizer"
    claim "learns" learnt one
    claim "on 2 ranks of 2 threads" train run 2 2 --optimizer "$optimizer"
    claim "has the same files and metrics" same_run one run
    claim "stopped in update 11 of 3 ranks" stopped "$optimizer" 3 11
    claim "and continued on 1" train "$optimizer" 1 1 --optimizer "$optimizer"
    claim "it ends so too" same_end one "$optimizer"
    rm -rf one run
done
