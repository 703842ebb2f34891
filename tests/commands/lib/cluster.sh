# shellcheck shell=bash
# Several hosts made out of this machine (network namespaces), with a SLURM of their own; sourced behind claims.sh.
# Uses the scripts in CHORUS_CLUSTER (by default ../shared/cluster beside the tree): hosts-up.sh, on.sh, slurm-up.sh and
# their reverses. One test at a time has them. What was started is ended with the test.
#     cluster_up HOSTS          h0 (the head) and h1, h2 ...; skips the test where that cannot be
#     cluster_slurm HOSTS       SLURM on them
#     on HOST command ...       on that host, in this folder
cluster=${CHORUS_CLUSTER:-$CHORUS_SOURCE/../shared/cluster}
export CLUSTER_STATE=$folder/cluster CLUSTER_TOOLS=$cluster SLURM_CONF=$folder/cluster/slurm/slurm.conf

on() { "$cluster/on.sh" "$@"; }

cluster_up() {
    local tool
    [ -x "$cluster/hosts-up.sh" ] || skip "no scripts that make hosts: CHORUS_CLUSTER names their folder"
    [ "$(id -u)" = 0 ] || skip "network namespaces want root"
    for tool in ip nsenter unshare flock; do
        command -v "$tool" >/dev/null || skip "no $tool"
    done
    exec 7<"$cluster/hosts-up.sh"
    flock -w 300 7 || skip "the hosts are in use"
    ip netns list | grep -q '^chorus-' && skip "the hosts are in use"
    trap 'cluster_down; finish' EXIT
    mkdir "$CLUSTER_STATE"
    "$cluster/hosts-up.sh" "$1" 7>&-
}

cluster_slurm() { # HOSTS
    "$cluster/slurm-up.sh" 7>&- && eventually 30 cluster_idle "$1"
}
cluster_idle() { [ "$(on h0 sinfo -h -t idle -o %D)" = "$1" ]; }

cluster_down() {
    local status=$? file pid daemons=()
    for file in "$CLUSTER_STATE"/slurm/run/{slurmctld,munged}.pid; do
        [ ! -f "$file" ] || daemons+=("$(cat "$file")")
    done
    "$cluster/slurm-down.sh" >/dev/null 2>&1
    for pid in "${daemons[@]}"; do
        eventually 20 ended "$pid" || kill -9 "$pid"
    done
    "$cluster/hosts-down.sh"
    return "$status"
}
ended() { ! kill -0 "$1" 2>/dev/null; }

# eventually SECONDS command ...: waits until the command succeeds.
eventually() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}
