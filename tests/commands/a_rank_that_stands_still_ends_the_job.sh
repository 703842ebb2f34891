#!/usr/bin/env bash
# A rank that stands still ends the job with one line that names it, and the run goes on from its checkpoint with the
# same bits; one that is slow is named in the log and not ended, and neither is a job that is suspended and woken.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

gru_settings <<'YAML'
checkpoint-interval: 8
updates: 32
keep: 4
watchdog: 5
YAML

nobody() { # RUN: no process of it is left
    for _ in $(seq 50); do
        pgrep -f "output $folder/$1 " >/dev/null || return 0
        sleep 0.2
    done
    return 1
}

# stands RUN 'HOOK' 'PATTERN': the hook ends the run on 3 ranks within a minute, with this one line.
stands() {
    local status=0
    CHORUS_HOOK=$2 timeout -k 10 60 "$CHORUS_SOURCE/tests/mpirun.sh" 3 "$CHORUS_HOOKS" train --corpus corpus \
        --valid corpus-valid --config settings.yml --threads 1 --output "$folder/$1" --progress lines >"$1.log" 2>&1 || status=$?
    cat "$1.log"
    [ "$status" = 1 ] && [ "$(grep -c '^fatal:' "$1.log")" = 1 ] && grep -Eq "^fatal: $3\$" "$1.log" && nobody "$1"
}
host=$(hostname)
own='watchdog: stands still for [0-9]+ s behind'
others='gives no sign of life for [0-9]+ s: rank'

claim "corpora are prepared" make_corpora 700 3
claim "an undisturbed run on one rank" train undisturbed 1 1

# In the background: the run that is slow, and the one that is suspended while one of its ranks computes.
slow() {
    program=$CHORUS_HOOKS CHORUS_HOOK="update.gradient 5 2 slow" train slow 3 1 --progress lines >slow.log 2>&1
}
suspended() {
    local status=0 pids
    CHORUS_HOOK_LOG=suspended.hooks program=$CHORUS_HOOKS CHORUS_HOOK="model.backward 6 1 slow" train "$folder/suspended" 3 1 \
        >suspended.log 2>&1 &
    until [ -s suspended.hooks ] || ! kill -0 $!; do sleep 0.1; done
    pids=$(pgrep -f "chorus_hooks train .*output $folder/suspended" | while read -r pid; do
        grep -qz '^OMPI_COMM_WORLD_RANK=' "/proc/$pid/environ" && echo "$pid"; done)
    # shellcheck disable=SC2086 # words
    kill -STOP $pids
    sleep 8
    # shellcheck disable=SC2086
    kill -CONT $pids
    wait $! || status=$?
    [ "$(echo "$pids" | wc -w)" = 3 ] && [ "$status" = 0 ]
}
# And the one that stands still without a launcher.
alone() {
    local status=0
    CHORUS_HOOK="update.begin 4 0 block" timeout -s KILL 60 "$CHORUS_HOOKS" train --corpus corpus --valid corpus-valid --config settings.yml \
        --threads 1 --output alone >/dev/null 2>alone.log || status=$?
    [ "$status" = 1 ] && grep -Eqx "fatal: $own 'update.begin' of update 4" alone.log
}
(alone; echo $? >alone.status) &
(slow; echo $? >slow.status) &
(suspended; echo $? >suspended.status) &

claim "a rank that spins in update 3 says so" \
    stands a "model.backward 3 1 spin" "rank 1 of 3 \($host\): $own 'model.backward' of update 3"
claim "a rank that was stopped in update 5 is named by rank 0" stands a "model.forward 5 2 SIGSTOP" \
    "rank 0 of 3 \($host\): watchdog: rank 2 \($host\) $others 0 waits in the [a-z ]+ of update 5"
claim "rank 0 in a read that never returns, in a checkpoint" \
    stands a "checkpoint.flush 0 0 block" "rank 0 of 3 \($host\): $own 'saver.wait' of update 16"
claim "a loader in a read that never returns" \
    stands a "stream.window@2 -1 2 block" "rank 2 of 3 \($host\): $own 'feed.wait' of update [0-9]+"
claim "rank 0 that was stopped in a sum" stands a "exchange.bucket 7 0 SIGSTOP" \
    "rank 1 of 3 \($host\): watchdog: rank 0 \($host\) $others 1 waits in the [a-z ]+ of update [0-9]+"
claim "all ranks' loaders at once: one speaks" \
    stands a "stream.window@2 -1 -1 block" "rank 0 of 3 \($host\): $own 'feed.wait' of update [0-9]+"
claim "continued on 2 ranks it ends" train a 2 1
claim "with the undisturbed run's bits" same_run undisturbed a

wait
claim "a process without a launcher says so too" grep -qx 0 alone.status
claim "the slow run and the suspended one end well" test "$(cat slow.status suspended.status)" = $'0\n0'
claim "who was slow stands in the log" grep -Eq "^waited [0-9.]+ s for rank 2 \($host\) in the [a-z ]+ of update 5\$" slow.log
claim "the slow run has the same bits" same_run undisturbed slow
claim "the suspended run has the same bits" same_run undisturbed suspended
