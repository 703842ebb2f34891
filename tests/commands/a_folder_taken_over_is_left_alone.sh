#!/usr/bin/env bash
# A run whose folder was taken over, moved away or replaced writes no more: one fatal line. A lock that a dead process
# left does not count.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 40
lanes: 2
updates: 1000000
YAML
claim "corpora are prepared" make_corpora 300 2

# Starts a run in the background and waits until it has begun.
begin() { # RUN
    "$CHORUS" train --corpus corpus --config settings.yml --threads 1 --output "$1" >/dev/null 2>"$folder/$1.error" &
    process=$!
    for _ in {1..300}; do [ -s "$1/metrics.jsonl" ] && return || sleep 0.1; done
    return 1
}
# It ends by itself, with this line.
ended() { # "says what is claimed" RUN LINE
    local status=0
    timeout 60 tail --pid=$process -f /dev/null || kill -KILL $process
    wait $process || status=$?
    claim "$1" test "$status: $(cat "$2.error")" = "1: fatal: run folder '$2': $3"
}

# Stopped meanwhile: between the shell's truncation and its line the run would find an empty lock, and name nobody.
begin taken
kill -STOP $process
echo "process 17 on node3 (since 2026-01-01 00:00:00 UTC)" >taken/lock
kill -CONT $process
ended "a run whose lock another one overwrote ends" taken "was taken over by process 17 on node3 (since 2026-01-01 00:00:00 UTC)"
claim "and the other one's lock stands" grep -q "^process 17 on node3" taken/lock

begin other
cp taken/lock new && mv new other/lock
ended "so does one whose lock is another file" other "was taken over by process 17 on node3 (since 2026-01-01 00:00:00 UTC)"

begin unlocked
rm unlocked/lock
ended "one whose lock was removed" unlocked "its lock was removed"

begin moved
mv moved away
ended "one whose folder was moved away" moved "was removed"
claim "which makes no new one" test ! -e moved

# Two starts under mpirun: the second is refused, and the first goes on.
"$CHORUS_SOURCE/tests/mpirun.sh" 2 "$CHORUS" train --corpus corpus --config settings.yml --threads 1 --epochs 100000 --output shared >/dev/null 2>shared.error &
launcher=$!
for _ in {1..300}; do [ -s shared/metrics.jsonl ] && break || sleep 0.1; done
first="$(head -1 shared/lock)"
expect_fatal 1 "fatal: rank 0 of 2 (HOST): run folder 'shared': is in use by $(plain <<<"$first")" \
    ranks 2 timeout -k 2 60 "$CHORUS" train --corpus corpus --config settings.yml --threads 1 --output shared
named() { [[ $first =~ ^process\ ([0-9]+)\ on\ $(hostname)\  ]] && [ "$(readlink "/proc/${BASH_REMATCH[1]}/exe")" = "$CHORUS" ]; }
claim "by its process and host" named
kill -USR1 $launcher
timeout 60 tail --pid=$launcher -f /dev/null || kill -KILL $launcher
status=0 && wait $launcher || status=$?
claim "and the first one ends as it is told" test "$status$(cat shared.error)" = 75

begin replaced
kill -STOP $process
mv replaced before && cp -r before replaced && ls replaced >listed
kill -CONT $process
ended "and one whose folder was replaced" replaced "was replaced by another folder"
claim "which stays as it is" cmp listed <(ls replaced)

continued() {
    local update
    update=$(sed -n 's/.*"update":\([0-9]*\).*/\1/p' away/metrics.jsonl | tail -1)
    "$CHORUS" train --output away --updates 5 --threads 1 && [ "$update" -gt 0 ]
}
claim "the lock of a dead process does not count: the moved run goes on" continued
