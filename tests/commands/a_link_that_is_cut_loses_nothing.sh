#!/usr/bin/env bash
# Three hosts, made out of this machine with network namespaces, and the link to one of them is cut: the job ends, and
# continued on the other two it has the bits of an undisturbed run. Needs root, iproute2 and the folder of scripts that
# makes the hosts: CHORUS_CLUSTER, or shared/cluster beside the source tree.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"
cluster=${CHORUS_CLUSTER:-$CHORUS_SOURCE/../shared/cluster}
[ -x "$cluster/hosts-up.sh" ] || skip "no scripts that make hosts in '$cluster'"
[ "$(id -u)" = 0 ] || skip "making hosts needs root"
command -v ip >/dev/null || skip "making hosts needs iproute2"
! ip netns list | grep -q '^chorus-' || skip "the hosts are in use"

export CLUSTER_STATE=$folder/cluster
CLUSTER_TOOLS=$(cd "$cluster" && pwd)
export CLUSTER_TOOLS
mkdir "$CLUSTER_STATE"
leave() {
    local status=$?
    "$cluster/hosts-down.sh" >/dev/null 2>&1
    (exit "$status")
    finish
}
trap leave EXIT

cat >settings.yml <<'YAML'
embedding: 16
hidden: 32
cell: gru
warmup: 5
batch-tokens: 60
valid-interval: 8
checkpoint-interval: 8
updates: 24
watchdog: 40
YAML

# on_hosts HOSTS SECONDS COMMAND ...: a rank on each, started from the head. mpirun notices in 10 s that a link is cut:
# before the watchdog, for once it has sent word to that host, to end a job, it waits for the answer for a quarter of an
# hour.
on_hosts() {
    local hosts=$1 seconds=$2 ranks
    ranks=$(tr , '\n' <<<"$hosts" | wc -l)
    shift 2
    # shellcheck disable=SC1091
    (. "$cluster/mpi.env" && timeout -s KILL "$seconds" "$cluster/on.sh" h0 mpirun -q --mca oob_tcp_keepalive_time 4 \
        --mca oob_tcp_keepalive_intvl 2 --mca oob_tcp_keepalive_probes 3 -x CHORUS_HOOK -x CHORUS_HOOK_LOG \
        --host "$hosts" -np "$ranks" "$@")
}
train_on() { # HOSTS SECONDS RUN
    on_hosts "$1" "$2" "$CHORUS_HOOKS" train --corpus corpus --valid corpus-valid --config settings.yml --threads 1 \
        --output "$folder/$3" --progress lines
}
left() { pgrep -f "chorus_hooks train .*--output $folder/$1 "; }

# The link to h3 is cut while rank 2, on it, sleeps in update 13.
cut_off() {
    local status=0
    CHORUS_HOOK="update.gradient 13 2 slow" CHORUS_HOOK_LOG=$folder/hooks.log train_on h1,h2,h3 60 cut >cut.log 2>&1 &
    for _ in $(seq 300); do
        [ -s hooks.log ] && break
        sleep 0.1
    done
    ip -n chorus-sw link set p3 down
    wait $! || status=$?
    cat cut.log
    grep -q '^checkpoint at update 8' cut.log && [ "$status" != 0 ] && [ "$status" != 137 ]
}
nobody_is_left() {
    for _ in $(seq 100); do
        left cut >/dev/null || return 0
        sleep 0.2
    done
    return 1
}

claim "corpora are prepared" make_corpora 700 3
claim "an undisturbed run on one rank" train undisturbed 1 1
claim "three hosts are made" "$cluster/hosts-up.sh" 3
claim "a job ends whose link to one host is cut" cut_off
claim "no process is left on any host" nobody_is_left
claim "continued on the two other hosts it ends" train_on h1,h2 100 cut
claim "with the undisturbed run's bits" same_run undisturbed cut
