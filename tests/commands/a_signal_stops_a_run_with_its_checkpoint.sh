#!/usr/bin/env bash
# Stops: by signals to mpirun, which kills a moment later, and to a single process; twice, and one after another; at the
# start of a run, in preparing, translating and scoring. A run that was stopped has its checkpoint, leaves nothing
# behind, and continued ends with the bits of one that was not. (Where in an update a signal
# comes: a_stopped_run_continues_to_the_same_bits.sh; by time: a_run_stops_in_time_to_save.sh.)
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 60
valid-interval: 1000
checkpoint-interval: 10
updates: 30
YAML
claim "corpora are prepared" make_corpora 700 3
claim "an undisturbed run" train undisturbed 1 1
options=(--corpus corpus --valid corpus-valid --config settings.yml --threads 1)
log() { echo "$folder/$1.log"; }

# begin RUN PROGRAM ...: in the background, until it sleeps for two seconds in update 15.
begin() {
    local run=$1
    shift
    CHORUS_HOOK="update.begin 15 -1 slow${hooks:-}" CHORUS_HOOK_LOG=$run.hooks "$@" train "${options[@]}" --output "$folder/$run" >"$(log "$run")" 2>&1 &
    process=$!
    for _ in {1..300}; do [ -s "$run.hooks" ] && return || sleep 0.1; done
}
end() { # RUN: its status
    local status=0
    timeout 60 tail --pid=$process -f /dev/null || kill -KILL $process
    wait $process || status=$?
    echo "$1: status $status"
    [ "$status" = "$2" ] && ended=0 || ended=1
}
has_stopped() { # RUN [UPDATE [WORDS]]: mpirun passes no words on once it ends
    local update
    update=$(stopped_at "$1")
    [ "$update" = "${2:-$update}" ] && grep -q "\"last_checkpoint\":$update," "$1/status.json" &&
        points_at "$1" "$update" && { [ $# -lt 3 ] || grep -q "^$3.\?$" "$(log "$1")"; }
}
ranks_left() { pgrep -f "^$CHORUS_HOOKS train .*--output $folder/$1\$"; }
none_left() { # RUN SECONDS: not after so many
    local start=$SECONDS
    while ranks_left "$1" >/dev/null; do [ $((SECONDS - start)) -lt "$2" ] || return 1; sleep 0.2; done
}
continued() { train "$1" 3 1 >/dev/null && same_end undisturbed "$1"; }

# --- mpirun: it passes SIGTERM on once its patience is over, and sends SIGKILL as much later ---
hooks="; update.begin@15 -1 -1 slow" # and in all that follow
export OMPI_MCA_odls_base_sigkill_timeout=4
begin term "$CHORUS_SOURCE/tests/mpirun.sh" 2 "$CHORUS_HOOKS"
kill -TERM $process
claim "SIGTERM to mpirun: the ranks leave by themselves" none_left term 7
claim "while mpirun still grants them time" kill -0 $process
end term 1
claim "its status is mpirun's own" test $ended = 0
claim "stopped with a checkpoint" has_stopped term
claim "continued with the same bits" continued term

export OMPI_MCA_odls_base_sigkill_timeout=3
begin int "$CHORUS_SOURCE/tests/mpirun.sh" 2 "$CHORUS_HOOKS"
kill -INT $process
end int 1
claim "SIGINT to mpirun: its status is mpirun's own" test $ended = 0
claim "none of its ranks is left" none_left int 5
claim "stopped with a checkpoint too" has_stopped int
claim "continued with the same bits too" continued int
hooks=
unset OMPI_MCA_odls_base_sigkill_timeout

begin usr1 "$CHORUS_SOURCE/tests/mpirun.sh" 2 "$CHORUS_HOOKS"
kill -USR1 $process
sleep 0.1
kill -USR1 $process
end usr1 75
claim "SIGUSR1 twice to mpirun: status 75" test $ended = 0
claim "stopped as by one" has_stopped usr1 15 "stopped by SIGUSR1"

# --- one process ---
hooks="; checkpoint.open@3 0 0 slow" # of update 15
begin twice "$CHORUS_HOOKS"
kill -INT $process && sleep 0.1 && kill -INT $process
end twice 130
claim "a second SIGINT ends at once" test $ended = 0
claim "with the last checkpoint as it was" points_at twice 10
begin both "$CHORUS_HOOKS"
kill -USR1 $process && sleep 0.2 && kill -TERM $process && sleep 0.2 && kill -TERM $process
hooks=
end both 75
claim "SIGTERM after SIGUSR1 is no second request" test $ended = 0
claim "and the first is what the log names" has_stopped both 15 "stopped by SIGUSR1"

# Its terminal closes.
terminal() {
    CHORUS_HOOK="update.begin 15 -1 slow" CHORUS_HOOK_LOG=closed.hooks script -qec "'$CHORUS_HOOKS' train ${options[*]} --output '$folder/closed'" /dev/null </dev/null >"$(log closed)" 2>&1 &
    process=$!
    for _ in {1..300}; do [ -s closed.hooks ] && break || sleep 0.1; done
    kill -KILL $process
    none_left closed 5 && has_stopped closed 15
}
claim "a run whose terminal closes stops with a checkpoint" terminal

# --- at the start of a run ---
at() { # POINT RUN RANKS UPDATE SIGNAL
    local status=0
    program=$CHORUS_HOOKS CHORUS_HOOK="$1 -1 0 $5" train "$2" "$3" 1 >"$(log "$2")" || status=$?
    [ "$status" = 75 ] && has_stopped "$2" "$4" "stopped by $5"
}
claim "a stop while the run folder is made" at start.folder early 2 0 SIGTERM
claim "and while the run is read back" at start.continue early 3 0 SIGUSR1
claim "continued with the same bits from there" continued early

# --- what is not training ---
at_work() { # 'FATAL' 'HOOK' RANKS COMMAND ...
    local error status=0
    error=$(CHORUS_HOOK=$2 ranks "$3" "$CHORUS_HOOKS" "${@:4}" 2>&1 >/dev/null <train.source) || status=$?
    [ "$status" = 1 ] && [ "$(grep -c ^fatal: <<<"$error")" = 1 ] && grep -q "^fatal: .*$1" <<<"$error" || { echo "$status: $error" && return 1; }
}
claim "a stop in prepare" at_work "stopped by SIGTERM: nothing was written" "prepare.spool 0 0 SIGTERM" 2 \
    prepare --source - --target train.target --tokenizer words --output another
claim "leaves no corpus" test ! -e another
claim "a stop in translate" at_work "stopped by SIGHUP: the output is not complete" "apply.block -1 1 SIGHUP" 2 \
    translate --model undisturbed/last.h5 --threads 1
claim "a stop in score" at_work "stopped by SIGUSR1: not all is scored" "evaluate.block 0 0 SIGUSR1" 2 \
    score --model undisturbed/last.h5 --corpus corpus-valid --threads 1
