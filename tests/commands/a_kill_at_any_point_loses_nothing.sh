#!/usr/bin/env bash
# Whatever point a run or a preparation is interrupted at, nothing is lost: each of the points below is hit with SIGKILL
# of a rank, then SIGKILL of mpirun, then SIGUSR1, in one run that is continued each time on another number of ranks. At
# the end its checkpoints and metrics are the undisturbed run's.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 8
hidden: 16
cell: gru
batch-tokens: 60
valid-interval: 4
checkpoint-interval: 4
log-interval: 2
updates: 24
keep: 2
average: 0.9
YAML

# POINT, rank, and at which of its passings by that rank: killed, mpirun killed, SIGUSR1.
training_points='
start.folder        0   1  1  1
start.continue      1   1  1  1
feed.wait           1   6  3  3
update.begin        2   6  3  3
model.forward       1  16  8  8
model.backward      0  16  8  8
update.gradient     2  16  8  8
exchange.reduce     1   6  3  3
exchange.bucket     0   6  3  3
exchange.norm       2   6  3  3
update.weights      1   1  1  1
update.step         1   6  3  3
exchange.gather     0   6  3  3
exchange.gathered   2   6  3  3
update.end          1   6  3  3
run_folder.metrics  0   7  3  3
run_folder.write    0   4  3  3
validate.begin      1   1  1  1
averaged.weights    2   1  1  1
evaluate.block      2   1  1  1
validate.end        0   1  1  1
samples.translate   0   1  1  1
snapshot.begin      1   2  1  1
checkpoint.open     0   2  1  1
snapshot.array      0  90  9  9
checkpoint.flush    0   2  1  1
checkpoint.rename   0   2  1  1
snapshot.link       0   1  1  1
snapshot.best       0   1  1  1
run_folder.remove   0   1  1  1
'
preparing_points='
prepare.spool    0
prepare.count    0
prepare.learn    2
prepare.shards   1
prepare.rename   0
folder.replace   0
'

# Until no process of this folder's is left: mpirun's orphans notice its death themselves.
all_gone() { # WORD of their command lines
    local tries
    for tries in $(seq 100); do
        pgrep -f "chorus.* $1( |\$)" >/dev/null || return 0
        sleep 0.1
    done
    echo "processes left behind: $(pgrep -af "chorus.* $1( |\$)")"
    return 1
}

newest() { (cd "$1" 2>/dev/null && ls update-*.h5 2>/dev/null | tail -1); }

# Nothing more is lost than since the last checkpoint: what the log said was saved is there.
kept() { # RUN
    local said newest
    newest=$(newest "$1")
    [ -n "$newest" ] || { [ ! -e "$1" ] && return 0; } || return 1
    said=$(sed -nE 's/^checkpoint at update ([0-9]+) saved.*/\1/p' "$1.log" | tail -1)
    [ "$((10#$(tr -dc 0-9 <<<"${newest%.h5}")))" -ge "${said:-0}" ]
}

# interrupt POINT RANK PASSING ACTION RANKS: one start of run POINT; the hook must have been hit.
interrupt() {
    local point=$1 status=0
    rm -f "$point.hit"
    CHORUS_HOOK_LOG=$folder/$point.hit CHORUS_HOOK="$point@$3 -1 $2 $4" program=$CHORUS_HOOKS \
        train "$point" "$5" 1 >"$point.log" 2>&1 </dev/null || status=$?
    all_gone "$point" || return 1
    grep -q "^$point .* $2 $4\$" "$point.hit" 2>/dev/null || { echo "$4 was not hit" && cat "$point.log" && return 1; }
    case $4 in
    SIGUSR1) [ "$status" = 75 ] ;;
    *) [ "$status" != 0 ] && [ "$status" != 75 ] && kept "$point" ;;
    esac || { echo "$4: status $status, newest checkpoint $(newest "$point")" && cat "$point.log" && return 1; }
}

# The ranks of the starts of the I-th point.
numbers=(1 2 3 5 8)
ranks_of() { # I START LEAST: one of them that is at least LEAST
    local k
    for k in 0 1 2 3 4; do
        local n=${numbers[$((($1 + $2 + k) % 5))]}
        [ "$n" -lt "$3" ] || { echo "$n" && return; }
    done
}

try_training() { # I POINT RANK KILLED LAUNCHER STOPPED
    local i=$1 point=$2 rank=$3
    if [ "$point" = start.continue ]; then
        train "$point" 2 1 --updates 4 >/dev/null </dev/null && sed -i '/^updates:/d' "$point/settings.yml" || return 1
    fi
    interrupt "$point" "$rank" "$4" SIGKILL 3 && interrupt "$point" "$rank" "$5" launcher "$(ranks_of "$i" 1 3)" &&
        interrupt "$point" "$rank" "$6" SIGUSR1 "$(ranks_of "$i" 2 3)" &&
        train "$point" "$(ranks_of "$i" 0 1)" 1 >"$point.log" 2>&1 </dev/null && same_run undisturbed "$point"
}

prepare_into() { # NAME PROGRAM: a second preparation, which replaces the first
    timeout 100 "$CHORUS_SOURCE/tests/mpirun.sh" 3 "$2" prepare --pairs - --tokenizer words --shards 3 --overwrite --output "$1" <pairs
}

try_preparing() { # POINT RANK
    local point=$1 action status
    cp -r prepared "$point"
    for action in SIGKILL launcher SIGUSR1; do
        status=0
        rm -f "$point.hit"
        CHORUS_HOOK_LOG=$folder/$point.hit CHORUS_HOOK="$point -1 $2 $action" prepare_into "$point" "$CHORUS_HOOKS" \
            >"$point.log" 2>&1 || status=$?
        all_gone "$point" || return 1
        [ "$status" != 0 ] || [ "$action" = SIGUSR1 ] || { echo "$action: status 0" && return 1; }
        grep -q " $2 $action\$" "$point.hit" || { echo "$action was not hit" && cat "$point.log" && return 1; }
        "$CHORUS" inspect --check "$point" >/dev/null || { echo "no corpus after $action" && return 1; }
    done
    prepare_into "$point" "$CHORUS" >"$point.log" 2>&1 && diff -r prepared "$point" && [ ! -e "$point.partial" ]
}

# Three at a time: most of it is waiting for processes to end.
work() { # EVERY-THIRD
    local i=0 point rest
    while read -r point rest; do
        [ -z "$point" ] && continue
        i=$((i + 1))
        [ $((i % 3)) = "$1" ] || continue
        # shellcheck disable=SC2086 # rank and passings are words
        if [[ $point == prepare.* || $point == folder.* ]]; then
            try_preparing "$point" $rest
        else
            try_training "$i" "$point" $rest
        fi >"$point.result" 2>&1 && : >"$point.well"
    done <<<"$training_points$preparing_points"
}

outcome() {
    cat "$1.result"
    [ -e "$1.well" ]
}

claim "corpora are prepared" make_corpora 700 3
paste train.source train.target >pairs
claim "a corpus from pairs is prepared" prepare_into prepared "$CHORUS"
claim "an undisturbed run" train undisturbed 3 1
for third in 0 1 2; do
    work "$third" &
done
wait
while read -r point rest; do
    [ -z "$point" ] || claim "$point: killed, launcher killed, stopped: nothing is lost" outcome "$point"
done <<<"$training_points$preparing_points"
