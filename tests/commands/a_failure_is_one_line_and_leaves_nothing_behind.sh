#!/usr/bin/env bash
# When the world is wrong: one fatal line that names what and why, a non-zero status, all ranks ended within five
# seconds, nothing half-written under a final name, no process behind. (What a person gets wrong: mistakes.txt.)
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

prepare() { quiet "$CHORUS" prepare --tokenizer words --vocabulary 20 "$@"; }
train_alone() { quiet "$CHORUS" train --threads 1 "$@"; }
nothing_at() { [ -z "$(ls -d "$1" 2>/dev/null)" ]; }
root() { [ "$(id -u)" = 0 ]; }
cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 40
lanes: 4
updates: 12
checkpoint-interval: 4
valid-interval: 4
keep: 2
YAML
claim "corpora are prepared" make_corpora 300 3

# --- preparing ---
texts=(--source train.source --target train.target)
if ! root; then
    cp train.source locked && chmod 0 locked
    expect_fatal 1 "fatal: 'locked': Permission denied" prepare --source locked --target train.target --output new
fi
head -200 train.target >short.target
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'train.source' has 300 lines, but 'short.target' has 200" \
    ranks 3 "$CHORUS" prepare --source train.source --target short.target --tokenizer words --output new
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'none': No such file or directory" \
    ranks 3 "$CHORUS" prepare --source none --target train.target --like corpus --output new
claim "no corpus was made" nothing_at new

# --- corpora and checkpoints that are none ---
grep -v valid settings.yml >alone.yml
settings=(--config alone.yml)
claim "a run" train run 2 1
mkdir fake && cp run/last.h5 fake/corpus.h5
expect_fatal 1 "fatal: rank 0 of 3 (HOST): corpus 'fake': corpus.h5: is a Chorus checkpoint, not a corpus" \
    ranks 3 "$CHORUS" train --corpus fake --output new
head -c 3000 run/last.h5 >cut.h5
expect_fatal 1 "fatal: checkpoint 'cut.h5': is truncated: has 3000 bytes of $(wc -c <run/last.h5)" quiet "$CHORUS" score --model cut.h5 --corpus corpus-valid
cp -r corpus holed && rm holed/shard-00001.h5
expect_fatal 1 "fatal: corpus 'holed': shard 'shard-00001.h5': No such file or directory" train_alone "${settings[@]}" --corpus holed --output run-holed
cp -r corpus mixed && cp corpus/shard-00000.h5 mixed/shard-00001.h5
expect_fatal 1 "fatal: corpus 'mixed': shard 'shard-00001.h5': is not the file that belongs here: its checksum is another" \
    train_alone "${settings[@]}" --corpus mixed --output run-mixed
claim "no run was made" nothing_at new

# --- run folders ---
expect_fatal 2 "fatal: rank 0 of 5 (HOST): 4 lanes cannot use 5 ranks: start at most 4 ranks, or give --lanes 5" \
    ranks 5 "$CHORUS" train "${settings[@]}" --corpus corpus --output new
claim "no run was made of these" nothing_at new
idle() { train run 5 1 --updates 13 >idle.log && grep -q '^warning: 1 of 5 ranks have no lane and are idle' idle.log; }
claim "a run that continues leaves the surplus idle" idle

"$CHORUS" train "${settings[@]}" --corpus corpus --output busy --threads 1 --updates 1000000 >/dev/null 2>busy.err &
busy=$!
for _ in {1..100}; do [ -s busy/status.json ] && break || sleep 0.1; done
expect_fatal 1 "fatal: run folder 'busy': is in use by $(head -1 busy/lock)" train_alone --output busy
claim "which names the process" grep -Eq "^process $busy on $(hostname) \(since 20.* UTC\)$" busy/lock
kill -USR1 $busy
wait $busy
claim "the run whose folder it is does not care" test $? = 75 -a ! -s busy.err

# --- damaged checkpoints ---
damage() { printf 'damaged!' | dd of="$1" bs=1 seek=3000 conv=notrunc status=none; }
newest_damaged() {
    train twice 2 1 >log && cp -r twice once && damage once/update-00000012.h5 && train once 2 1 >log 2>once.err &&
        [ "$(cat once.err)" = "warning: checkpoint 'once/update-00000012.h5': checksum of the file does not match: it is left out" ] &&
        cmp once/last.h5 twice/last.h5
}
claim "of a damaged newest checkpoint the one before it is taken, with a warning, to the same end" newest_damaged
for file in twice/update-*.h5; do damage "$file"; done
ls twice >before
all=$(for file in $(printf '%s\n' twice/update-*.h5 | tac); do echo "warning: checkpoint '$file': checksum of the file does not match: it is left out"; done)
expect_fatal 1 "$all
fatal: run folder 'twice': none of its $(ls twice/update-*.h5 | wc -l) checkpoints is valid" train_alone --output twice
claim "it does not start afresh" cmp before <(ls twice)

# --- a rank that fails alone while the others wait ---
[ -n "$CHORUS_HOOKS" ] || exit 0
alone() { # 'HOOKS' RUN RANKS: within five seconds of the failure; starting takes some too
    program=$CHORUS_HOOKS CHORUS_HOOK=$1 quiet timeout 20 "$CHORUS_SOURCE/tests/mpirun.sh" "$3" "$CHORUS_HOOKS" train --corpus corpus \
        --valid corpus-valid --config settings.yml --threads 1 --output "$2"
}
expect_fatal 1 "fatal: rank 2 of 3 (HOST): hook" alone "update.begin 6 2 slow; update.gradient 6 2 die" lonely 3
claim "the last checkpoint stands" points_at lonely 4
expect_fatal 1 "fatal: rank 1 of 3 (HOST): hook" alone "evaluate.block 0 1 die" lonely 3
expect_fatal 1 "fatal: rank 0 of 2 (HOST): hook" alone "snapshot.array 8 0 die" lonely 2
whole_only() { [ "$(cd lonely && ls update-*.h5 | tr '\n' ' ')" = "update-00000000.h5 update-00000004.h5 " ]; }
claim "a checkpoint whose writing failed has no final name" whole_only
expect_fatal 1 "fatal: rank 1 of 2 (HOST): hook" alone "exchange.reduce 2 1 die" lonely 2
dying_prepare() {
    CHORUS_HOOK="prepare.rename 0 0 die" quiet timeout 20 "$CHORUS_SOURCE/tests/mpirun.sh" 3 "$CHORUS_HOOKS" prepare "${texts[@]}" --tokenizer words \
        --vocabulary 20 --output new
}
expect_fatal 1 "fatal: rank 0 of 3 (HOST): hook" dying_prepare
yes 's1 s2' | head -20000 >many.source
head -19990 many.source >fewer.source
reading_together() { # what all ranks meet the lowest says, though it is the last to meet it
    CHORUS_HOOK="prepare.lines 16384 0 slow" quiet timeout 20 "$CHORUS_SOURCE/tests/mpirun.sh" 3 "$CHORUS_HOOKS" prepare --source many.source \
        --target fewer.source --like corpus --output new
}
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'many.source' has 20000 lines, but 'fewer.source' has 19990" reading_together
claim "a corpus whose preparation failed has no final name" nothing_at new
claim "and the next one is whole" prepare "${texts[@]}" --output new
claim "continued without failures the run ends" train lonely 2 1
claim "as one that knew none" cmp lonely/last.h5 once/last.h5

# All ranks end within five seconds: the others of one that dies in a training of many updates.
left() { pgrep -f "^$CHORUS_HOOKS train .*--output $folder/last-one" ; }
promptly() {
    local start status=0
    CHORUS_HOOK="update.begin 5 1 SIGKILL" timeout 60 "$CHORUS_SOURCE/tests/mpirun.sh" 3 "$CHORUS_HOOKS" train --corpus corpus "${settings[@]}" \
        --updates 100000 --threads 1 --output "$folder/last-one" >/dev/null 2>&1 || status=$?
    start=$SECONDS
    while left >/dev/null; do [ $((SECONDS - start)) -le 5 ] || return 1; sleep 0.2; done
    [ "$status" != 0 ] && [ "$status" != 124 ]
}
claim "of three ranks one of which is killed none is left behind" promptly
