#!/usr/bin/env bash
# Stops by time: --stop-after and the end of the job, early enough to save; and the warning where mpirun would kill a
# run while it saves.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 60
valid-interval: 1000
checkpoint-interval: 10
updates: 20
YAML
claim "corpora are prepared" make_corpora 700 3
claim "an undisturbed run" train undisturbed 1 1
log() { echo "$folder/$1.log"; }
continued() { train "$1" 3 1 >/dev/null && same_end undisturbed "$1"; }

timed() { # RUN WORDS [OPTION ...]: updates of two seconds and more, from the third on
    local run=$1 words=$2 status=0
    program=$CHORUS_HOOKS CHORUS_HOOK="update.begin@3 -1 0 slow" train "$run" 1 1 "${@:3}" >"$(log "$run")" || status=$?
    [ "$status" = 75 ] && [ "$(stopped_at "$run")" -lt 10 ] && grep -q "^$words.\?$" "$(log "$run")"
}
claim "--stop-after stops in time" timed after "stopped: --stop-after 4s is over" --stop-after 4s
claim "it holds for one start: continued with the same bits" continued after
job() { # the end is in six seconds
    SLURM_JOB_END_TIME=$(($(date +%s) + 6)) timed job "stopped: the job's time is over (SLURM_JOB_END_TIME)"
}
claim "so does the end of the job" job
in_time() { # saving takes two seconds, so that of five too few are left for an update
    local status=0
    program=$CHORUS_HOOKS CHORUS_HOOK="checkpoint.flush 0 0 slow" train saved 1 1 --stop-after 5s >"$(log saved)" || status=$?
    [ "$status" = 75 ] && [ "$(stopped_at saved)" = 0 ]
}
claim "time is left for saving" in_time
expect_fatal 2 "fatal: --stop-after: 'soon' is no duration such as 90s, 15m, 2h30m or 1d" "$CHORUS" train --corpus corpus --output new --stop-after soon

# --- the launcher's patience ---
warned() { grep -q "^warning: mpirun kills its ranks $2 after SIGTERM or SIGINT, but a checkpoint takes [0-9.]* s: .*odls_base_sigkill_timeout [0-9]*.\?$" "$(log "$1")"; }
slow_disk() { # the first checkpoint takes two seconds
    program=$CHORUS_HOOKS CHORUS_HOOK="checkpoint.flush 0 0 slow" train patience 2 1 --updates 1 >"$(log patience)" && warned patience "1.00 s"
}
claim "a run that mpirun would kill while it saves is warned" slow_disk
noted() { train patience 2 1 --updates 2 >"$(log patience)" && warned patience "1.00 s"; }
claim "also when it continues, by what was measured before" noted
patient() { OMPI_MCA_odls_base_sigkill_timeout=60 train patience 2 1 --updates 3 >"$(log patience)"; }
claim "mpirun may be told to wait" patient
refute "then there is no warning" warned patience ".*"
