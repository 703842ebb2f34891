#!/usr/bin/env bash
# A disk that is full, or a run folder that is gone or may not be written: one fatal line that names file and reason,
# what was there before intact, nothing half-written under a final name, and with room again the same bits as if nothing
# had been.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

nothing_at() { ! compgen -G "$1" >/dev/null; }
cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 40
lanes: 4
updates: 12
checkpoint-interval: 4
valid-interval: 4
keep: 2
log-interval: 1
YAML
claim "corpora are prepared" make_corpora 300 3
train_alone() { quiet "$CHORUS" train --corpus corpus --valid corpus-valid --config settings.yml --threads 1 "$@"; }
claim "a run that meets no full disk" train_alone --output undisturbed
size=$(($(wc -c <undisturbed/last.h5) / 1024))
echo "a checkpoint has $size KiB"

# --- a first start: in the open, the head, the arrays, the flush, the user block ---
for blocks in 0 12 $((size / 2)) $((size - 2)) "$size"; do
    (ulimit -f "$blocks" && expect_fatal 1 "fatal: checkpoint 'new.partial/update-00000000.h5': File too large" train_alone --output new
        exit $failures) || failures=$((failures + 1))
    claim "with $blocks KiB no run was made" nothing_at new
done
claim "with room again it starts" train_alone --output new
claim "and ends as one that met no full disk" same_run new undisturbed

# --- later: a run whose checkpoints find no room ---
valid() { [ "$(readlink "$1/last.h5")" = "$2" ] && quiet "$CHORUS" inspect --check "$1" && quiet "$CHORUS" inspect --check "$1/last.h5"; }
whole_only() { [ "$(cd "$1" && echo update-*.h5)" = "$2" ]; }
claim "a run of 4 updates" train_alone --output early --updates 4
for blocks in 12 $((size - 2)); do
    rm -rf later && cp -a early later
    (ulimit -f "$blocks" && expect_fatal 1 "fatal: checkpoint 'later/update-00000008.h5': File too large" train_alone --output later --updates 12
        exit $failures) || failures=$((failures + 1))
    claim "with $blocks KiB the last checkpoint stands and is valid" valid later update-00000004.h5
    claim "and nothing else has a final name" whole_only later "update-00000000.h5 update-00000004.h5"
done
claim "with room again it goes on" train_alone --output later --updates 12
claim "to the same end" same_run later undisturbed

# --- the small files ---
full() { ln -sf /dev/full "$1"; } # nothing can be written there
rm -rf small && cp -a early small
cut_short() { # metrics.jsonl of seven updates has more than 2 KiB, the others less
    (ulimit -f 2 && quiet "$CHORUS" train --output small --updates 12 --checkpoint-interval 1000 --valid-interval 4)
}
expect_fatal 1 "fatal: run folder 'small': metrics.jsonl: File too large" cut_short
for file in status.json settings.yml computing.json; do
    rm -rf small && cp -a early small && full "small/$file.partial"
    expect_fatal 1 "fatal: run folder 'small': $file: No space left on device" quiet "$CHORUS" train --output small --updates 5
done
claim "whose last checkpoint is valid" quiet "$CHORUS" inspect --check small/last.h5
rm -rf small && cp -a early small

# --- a disk that is truly full (needs root) ---
disk=$folder/disk
unmount() { ! mountpoint -q "$disk" || umount "$disk"; }
mkdir disk
if mount -t tmpfs -o size=1m none "$disk" 2>/dev/null; then
    trap 'ended=$?; unmount; (exit $ended); finish' EXIT
    cp -a early disk/run
    free() { df --output=avail -k disk | tail -1; }
    head -c $((1024 * ($(free) - size / 2))) /dev/zero >disk/filler
    no_room() { # what is written at the same time may meet the full disk first
        local seen
        seen=$(train_alone --output disk/run --updates 12 2>&1 >/dev/null) && return 1
        echo "$seen"
        grep -Eqx "fatal: (checkpoint 'disk/run/update-00000008.h5'|run folder 'disk/run': (status.json|metrics.jsonl)): No space left on device" <<<"$seen"
    }
    claim "a disk that is full while a checkpoint is written ends the run with one line" no_room
    claim "on the full disk the last checkpoint stands and is valid" valid disk/run update-00000004.h5
    claim "and nothing half-written has a final name" whole_only disk/run "update-00000000.h5 update-00000004.h5"
    mount -o remount,ro "$disk"
    expect_fatal 1 "fatal: run folder 'disk/run': Read-only file system" train_alone --output disk/run --updates 12
    expect_fatal 1 "fatal: run folder 'disk/new': cannot make 'disk/new.partial': Read-only file system" train_alone --output disk/new
    mount -o remount,rw "$disk"
    rm disk/filler
    mount -o remount,size=4m "$disk"
    claim "with room again it goes on" train_alone --output disk/run --updates 12
    claim "to the same end" same_run disk/run undisturbed
    head -c $((1024 * ($(free) - 4))) /dev/zero >disk/filler
    spooled() { quiet "$CHORUS" prepare --tokenizer words --source - --target train.target --output disk/corpus <train.source; }
    expect_spooled() { local seen; seen=$(spooled 2>&1); [ "$seen" = "fatal: 'disk/corpus.partial/standard input': No space left on device" ]; }
    claim "a spool that finds no room is named" expect_spooled
    umount "$disk"
else
    echo "not tried: a tmpfs cannot be mounted here"
fi

# --- the folder goes away ---
gone() { # during the run; who writes when it goes may meet it first
    local status=0 run
    "$CHORUS" train --corpus corpus --config alone.yml --updates 1000000 --threads 1 --output gone >/dev/null 2>gone.err &
    run=$!
    for _ in {1..100}; do [ -s gone/status.json ] && break || sleep 0.1; done
    mv gone elsewhere && wait $run || status=$?
    cat gone.err
    [ "$status" = 1 ] && [ "$(wc -l <gone.err)" = 1 ] &&
        grep -Eq "^fatal: run folder 'gone': (was removed|[a-z.]*: No such file or directory)$" gone.err
}
grep -v valid settings.yml >alone.yml
claim "a run whose folder is gone ends with one line" gone

# --- the folder may not be written any more (needs root; to mount it anew read-only Linux refuses while the lock is open) ---
sealed_off() { # while a run writes into it
    local status=0
    "$CHORUS" train --corpus corpus --config alone.yml --updates 1000000 --threads 1 --output sealed >/dev/null 2>sealed.err &
    for _ in {1..100}; do [ -s sealed/metrics.jsonl ] && break || sleep 0.1; done
    chattr +i sealed
    timeout 60 tail --pid=$! -f /dev/null || kill -KILL $!
    wait $! || status=$?
    chattr -i sealed
    cat sealed.err
    [ "$status" = 1 ] && [ "$(wc -l <sealed.err)" = 1 ] &&
        grep -Eq "^fatal: (run folder 'sealed': [a-z.]*|checkpoint 'sealed/update-[0-9]*.h5'): (cannot .*: )?Operation not permitted$" sealed.err
}
mkdir may && chattr +i may 2>/dev/null && may=1 || may=0
if [ $may = 1 ]; then
    chattr -i may
    trap 'ended=$?; chattr -i "$folder/sealed" 2>/dev/null; unmount; (exit $ended); finish' EXIT
    claim "a run whose folder may not be written any more ends with one line" sealed_off
    claim "and its last checkpoint is valid" quiet "$CHORUS" inspect --check sealed/last.h5
    goes_on() { local at; at=$(readlink sealed/last.h5) && at=${at#update-} && quiet "$CHORUS" train --output sealed --threads 1 --updates $((10#${at%.h5} + 4)); }
    claim "from which it goes on" goes_on
else
    echo "not tried: a folder cannot be made unchangeable here"
fi

# --- a corpus ---
texts=(--source train.source --target train.target --tokenizer words)
for blocks in 0 2 6; do
    (ulimit -f "$blocks" && expect_fatal 1 "fatal: corpus 'new-corpus': File too large" quiet "$CHORUS" prepare "${texts[@]}" --shards 1 \
        --output new-corpus
        exit $failures) || failures=$((failures + 1))
    claim "with $blocks KiB no corpus was made" nothing_at new-corpus
done
claim "with room again it is" quiet "$CHORUS" prepare "${texts[@]}" --shards 3 --output new-corpus
claim "the same" diff -r corpus new-corpus

# --- what is written elsewhere ---
to_full() { timeout 60 "$@" >/dev/full; }
model=undisturbed/last.h5
translate() { "$CHORUS" translate --model $model --threads 1 "$@"; }
for _ in {1..5}; do cat valid.source; done >input # more than a KiB of translations
echo precious >old
cp old outcome
cut_short() { (ulimit -f 1 && quiet "$CHORUS" translate --model $model --threads 1 --input input "$@"); }
expect_fatal 1 "fatal: 'outcome': File too large" cut_short --output outcome
claim "a translation that finds no room leaves what was there" cmp old outcome
expect_fatal 1 "fatal: 'new-outcome': File too large" cut_short --output new-outcome
claim "and nothing half-written" nothing_at '*outcome*.partial'
claim "nor anything under a new name" nothing_at new-outcome
ln -s outcome link
claim "with room again it is" quiet "$CHORUS" translate --model $model --threads 1 --input input --output link
replaced() { [ -L link ] && [ "$(wc -l <outcome)" = "$(wc -l <input)" ]; }
claim "whole, in the file that a link leads to" replaced
printf 's1\n\xff\n' >invalid
cp old outcome
expect_fatal 1 "fatal: 'invalid': line 2: is not valid UTF-8" translate --input invalid --output outcome
claim "a text that is no text leaves what was there, too" cmp old outcome
if [ -n "$CHORUS_HOOKS" ]; then
    stopped() { CHORUS_HOOK="apply.block -1 -1 SIGTERM" quiet "$CHORUS_HOOKS" translate --model $model --threads 1 --input input --output outcome; }
    expect_fatal 1 "fatal: stopped by SIGTERM: the output is not complete" stopped
    claim "so does a stop" cmp old outcome
fi
claim "and nothing half-written is left" nothing_at '*outcome*.partial'

# --- a log that cannot be written is no reason to end a run ---
claim "a run whose log finds no room" bash -c '"$0" train --corpus corpus --valid corpus-valid --config settings.yml --threads 1 --output unlogged >/dev/full 2>unlogged.err' "$CHORUS"
claim "ends as any other" same_run unlogged undisturbed
claim "with one warning" test "$(cat unlogged.err)" = "warning: standard output: No space left on device: lines of the log are lost, the run goes on"

expect_fatal 1 "fatal: '/dev/full': No space left on device" quiet "$CHORUS" translate --model $model --input valid.source --output /dev/full
expect_fatal 1 "fatal: '-': No space left on device" to_full "$CHORUS" translate --model $model --input valid.source
expect_fatal 1 "fatal: standard output: No space left on device" to_full "$CHORUS" score --model $model --corpus corpus-valid
expect_fatal 1 "fatal: standard output: No space left on device" to_full "$CHORUS" inspect undisturbed
