#!/usr/bin/env bash
# jobs/train.slurm on a real SLURM: a job that gets a signal saves, requeues itself, continues on fewer nodes and ends
# as an undisturbed run does; a failed one is not requeued, nor one that was cancelled. CHORUS_SLURM=all, for some
# minutes: by srun besides mpirun, a job that stops before its time limit, and one that loses a node.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"
. "$CHORUS_SOURCE/tests/commands/lib/cluster.sh"
for tool in sbatch srun slurmctld slurmd munged; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
cluster_up 3

export OMPI_MCA_mpi_yield_when_idle=1
cat >settings.yml <<'YAML'
embedding: 16
hidden: 32
cell: gru
batch-tokens: 60
lanes: 4
valid-interval: 8
checkpoint-interval: 8
patience: 0
updates: 40
YAML

# `chorus` of the jobs: what FIRST says is done until the job is requeued.
mkdir bin
cat >bin/chorus <<'END'
#!/usr/bin/env bash
[ "${SLURM_RESTART_COUNT:-0}" != 0 ] || export CHORUS_HOOK=$FIRST
exec "$CHORUS_HOOKS" "$@"
END
chmod +x bin/chorus
export PATH=$folder/bin:$PATH
launchers=mpirun
[ "${CHORUS_SLURM:-}" != all ] || launchers="srun mpirun"
declare -A signal=([srun]=USR1 [mpirun]=TERM)
slowly="update.begin -1 0 slow"

# submit RUN LAUNCHER HOOK OPTION ...: the job script as a person would edit it; its number goes to RUN.job
submit() {
    sed -e "s|^train=.*|train=(chorus train --corpus corpus --valid corpus-valid --config settings.yml --output $1)|" \
        -e "s|^launcher=[a-z]*|launcher=$2|" "$CHORUS_SOURCE/jobs/train.slurm" >"$1.slurm"
    FIRST=$3 on h0 sbatch --parsable --cpus-per-task=1 --output="$1.log" "${@:4}" "$1.slurm" >"$1.job"
}
slurm() { # COMMAND ... RUN: with the job's number
    on h0 "${@:1:$#-1}" "$(cat "${!#}.job")"
}
field() { # RUN NAME
    slurm scontrol -o show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"
}
is() { # RUN STATE RESTARTS
    [ "$(field "$1" JobState) $(field "$1" Restarts)" = "$2 $3" ]
}
reached() { grep -q "\"update\":$2," "$1/metrics.jsonl" 2>/dev/null; }
at_update() { eventually 60 reached "$@"; }
requeued() { eventually 60 is "$1" PENDING 1; }
start_now() { # A requeued job waits two minutes. What it left on its nodes takes some seconds to go.
    sleep 4
    on h0 scontrol update JobId="$(cat "$1.job")" StartTime=now
}
show() { # on a failure
    grep -Ev '^  (source|reference|output)' "$1.log"
    slurm scontrol show job "$1"
    return 1
}
finished() { # RUN RESTARTS
    eventually 60 is "$1" COMPLETED "$2" || show "$1"
}
on_hosts() { # RUN NUMBER ...: of each start, in order
    [ "$(sed -nE 's/^[0-9]+ ranks on ([0-9]+) hosts.*/\1/p' "$1.log" | tr '\n' ' ')" = "${*:2} " ] || show "$1"
}
failed() {
    { eventually 60 is "$1" FAILED 0 && [ "$(field "$1" ExitCode)" != 0:0 ]; } || show "$1"
}
cancelled() {
    eventually 30 is "$1" CANCELLED 0 || show "$1"
}

claim "corpora are prepared" make_corpora 700 3
claim "an undisturbed run" "$CHORUS" train --corpus corpus --valid corpus-valid --config settings.yml --threads 1 --output undisturbed
claim "SLURM is up on three hosts" cluster_slurm 3

for launcher in $launchers; do
    claim "$launcher: a job on 2 or 3 nodes" submit "$launcher" "$launcher" "$slowly" --nodes=2-3
done
for launcher in $launchers; do
    claim "$launcher: trains" at_update "$launcher" 3
    claim "$launcher: a signal to the script" slurm scancel --signal="${signal[$launcher]}" --batch "$launcher"
    claim "$launcher: makes the job requeue itself" requeued "$launcher"
done
claim "a node is gone" on h0 scontrol update NodeName=h2 State=DRAIN Reason=test
for launcher in $launchers; do
    claim "$launcher: the job may start" start_now "$launcher"
    claim "$launcher: and ends" finished "$launcher" 1
    claim "$launcher: it ran on 3 hosts, then on 2" on_hosts "$launcher" 3 2
    claim "$launcher: with the undisturbed run's bits" same_end undisturbed "$launcher"
done
claim "the node is back" on h0 scontrol update NodeName=h2 State=RESUME

for launcher in $launchers; do
    claim "$launcher: a job of which a rank will be killed" submit "killed-$launcher" "$launcher" "update.begin 21 1 SIGKILL" --nodes=2
    claim "$launcher: another that will be cancelled" submit "cancelled-$launcher" "$launcher" "$slowly" --nodes=1
done
for launcher in $launchers; do
    claim "$launcher: a killed rank fails the job, which is not requeued" failed "killed-$launcher"
    claim "$launcher: the other one trains" at_update "cancelled-$launcher" 2
    claim "$launcher: and is cancelled" slurm scancel "cancelled-$launcher"
done
for launcher in $launchers; do
    claim "$launcher: and is not requeued" cancelled "cancelled-$launcher"
    claim "$launcher: the failed one is submitted again" submit "killed-$launcher" "$launcher" "" --nodes=3
    claim "$launcher: and ends" finished "killed-$launcher" 0
    claim "$launcher: with the undisturbed run's bits" same_end undisturbed "killed-$launcher"
    claim "$launcher: and still no job is requeued that was cancelled" is "cancelled-$launcher" CANCELLED 0
done

if [ "${CHORUS_SLURM:-}" = all ]; then
    for launcher in $launchers; do # by SLURM_JOB_END_TIME alone, without a signal
        claim "$launcher: a job of one minute" submit "limit-$launcher" "$launcher" "$slowly" --nodes=1 --time=1 --signal=B:USR1@0
    done
    for launcher in $launchers; do
        claim "$launcher: makes it requeue itself" requeued "limit-$launcher"
        claim "$launcher: because its time was over" grep -q "^stopped: the job's time is over" "limit-$launcher.log"
        claim "$launcher: it may start" start_now "limit-$launcher"
        claim "$launcher: it ends" finished "limit-$launcher" 1
        claim "$launcher: it has the undisturbed run's bits" same_end undisturbed "limit-$launcher"
    done

    claim "a job that will lose a node" submit lost mpirun "$slowly" --nodes=2-3
    claim "trains" at_update lost 2
    claim "the node is cut off" ip -n chorus-sw link set p3 down
    claim "SLURM requeues the job by itself" requeued lost
    claim "it may start" start_now lost
    claim "it ends" finished lost 1
    claim "it ran on 3 hosts, then on 2" on_hosts lost 3 2
    claim "it has the undisturbed run's bits" same_end undisturbed lost
fi
