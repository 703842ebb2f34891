#!/usr/bin/env bash
# When the world is wrong: one fatal line that names what and why, a non-zero status, all ranks ended within five seconds, nothing half-written
# under a final name, no process behind. (Wrong usage: test_usage.sh.)
. "$(dirname "$0")/lib.sh"
. "$CHORUS_SOURCE/tests/commands/text.sh"
. "$CHORUS_SOURCE/tests/commands/run.sh"

quiet() { "$@" >/dev/null; }
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
expect_fatal 1 "fatal: 'none.txt': No such file or directory" prepare --source none.txt --target train.target --output new
mkdir folder
expect_fatal 1 "fatal: 'folder': is a directory" prepare --source folder --target train.target --output new
if ! root; then
    cp train.source locked && chmod 0 locked
    expect_fatal 1 "fatal: 'locked': Permission denied" prepare --source locked --target train.target --output new
fi
head -200 train.target >short.target
expect_fatal 1 "fatal: 'train.source' has 300 lines, but 'short.target' has 200" prepare --source train.source --target short.target --output new
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'train.source' has 300 lines, but 'short.target' has 200" \
    ranks 3 "$CHORUS" prepare --source train.source --target short.target --tokenizer words --output new
{ cat train.source && printf 's1 \xff\n'; } >invalid.source
{ cat train.target && printf 't1\n'; } >longer.target
expect_fatal 1 "fatal: 'invalid.source': line 301: invalid UTF-8" prepare --strict --source invalid.source --target longer.target --output new
{ cat train.source && printf 's1 \0 s2\n'; } >nul.source
expect_fatal 1 "fatal: 'nul.source': line 301: holds a NUL" prepare --source nul.source --target longer.target --output new
: >empty
expect_fatal 1 "fatal: 'empty': is empty" prepare --source empty --target empty --output new
{ cat train.source && head -c 1100000 /dev/zero | tr '\0' s && echo; } >wide.source
expect_fatal 1 "fatal: 'wide.source': line 301: is longer than 1 MiB" prepare --source wide.source --target longer.target --output new
gzip -c train.source | head -c 300 >cut.source.gz
expect_fatal 1 "fatal: 'cut.source.gz': line 31: unexpected end of gzip data" prepare --source cut.source.gz --target train.target --output new
expect_fatal 1 "fatal: corpus 'folder': has no corpus.h5" quiet "$CHORUS" prepare "${texts[@]}" --like folder --output new
expect_fatal 2 "fatal: --output 'corpus': exists (--overwrite replaces a corpus)" prepare "${texts[@]}" --output corpus
expect_fatal 2 "fatal: --output 'empty': is a file, not a folder" prepare "${texts[@]}" --overwrite --output empty
echo precious >folder/file
expect_fatal 2 "fatal: --output 'folder': is no corpus, and is not overwritten" prepare "${texts[@]}" --overwrite --output folder
claim "no corpus was made" nothing_at new
claim "what stood there still does" test "$(cat folder/file)" = precious
expect_fatal 1 "fatal: corpus 'no/where': cannot make 'no/where.partial': No such file or directory" prepare "${texts[@]}" --output no/where

# --- corpora and checkpoints that are none ---
grep -v valid settings.yml >alone.yml
settings=(--config alone.yml)
expect_fatal 1 "fatal: corpus 'none': No such file or directory" train_alone --corpus none --output new
expect_fatal 1 "fatal: corpus 'empty': is a file, not a corpus folder" train_alone --corpus empty --output new
expect_fatal 1 "fatal: corpus 'folder': has no corpus.h5" train_alone --corpus folder --output new
mkdir fake && head -c 4096 train.source >fake/corpus.h5
expect_fatal 1 "fatal: corpus 'fake': corpus.h5: is not a Chorus file" train_alone --corpus fake --output new
claim "a run" train run 2 1
cp run/last.h5 fake/corpus.h5
expect_fatal 1 "fatal: corpus 'fake': corpus.h5: is a Chorus checkpoint, not a corpus" train_alone --corpus fake --output new
expect_fatal 1 "fatal: rank 0 of 3 (HOST): corpus 'fake': corpus.h5: is a Chorus checkpoint, not a corpus" \
    ranks 3 "$CHORUS" train --corpus fake --output new
expect_fatal 1 "fatal: checkpoint 'corpus/corpus.h5': is a Chorus corpus, not a checkpoint" quiet "$CHORUS" translate --model corpus/corpus.h5
expect_fatal 1 "fatal: checkpoint 'corpus': is a folder, not a file" quiet "$CHORUS" translate --model corpus
expect_fatal 1 "fatal: checkpoint 'empty': is not a Chorus file" quiet "$CHORUS" translate --model empty
cp run/last.h5 damaged.h5 && printf 'damaged!' | dd of=damaged.h5 bs=1 seek=3000 conv=notrunc status=none
expect_fatal 1 "fatal: checkpoint 'damaged.h5': checksum of the file does not match" quiet "$CHORUS" score --model damaged.h5 --corpus corpus-valid
head -c 3000 run/last.h5 >cut.h5
expect_fatal 1 "fatal: checkpoint 'cut.h5': has 2488 bytes instead of $(($(wc -c <run/last.h5) - 512)) behind its first 512" quiet "$CHORUS" score --model cut.h5 --corpus corpus-valid
cp -r corpus holed && rm holed/shard-00001.h5
expect_fatal 1 "fatal: corpus 'holed': shard 'shard-00001.h5': No such file or directory" train_alone "${settings[@]}" --corpus holed --output run-holed
cp -r corpus mixed && cp corpus/shard-00000.h5 mixed/shard-00001.h5
expect_fatal 1 "fatal: corpus 'mixed': shard 'shard-00001.h5': is not the file that belongs here: its checksum is another" \
    train_alone "${settings[@]}" --corpus mixed --output run-mixed
expect_fatal 1 "fatal: corpus 'holed': shard 'shard-00001.h5': No such file or directory" \
    quiet "$CHORUS" score --model run/last.h5 --corpus holed
prepare "${texts[@]}" --output others
expect_fatal 1 "fatal: corpus 'others' is not like 'corpus': source vocabularies differ: 20 and 32 symbols (prepare it with --like)" \
    train_alone --corpus corpus --valid others --output new
claim "no run was made" nothing_at new

# --- run folders ---
expect_fatal 2 "fatal: --output 'folder': is not empty and holds no run" train_alone --corpus corpus --output folder
expect_fatal 2 "fatal: --output 'empty': is a file, not a run folder" train_alone --corpus corpus --output empty
expect_fatal 2 "fatal: --corpus is missing: there is no run 'new' to continue" train_alone --output new
expect_fatal 2 "fatal: rank 0 of 5 (HOST): 4 lanes cannot use 5 ranks: start at most 4 ranks, or give --lanes 5" \
    ranks 5 "$CHORUS" train "${settings[@]}" --corpus corpus --output new
claim "no run was made of these" nothing_at new
idle() { train run 5 1 --updates 13 >idle.log && grep -q '^warning: 1 of 5 ranks have no lane and are idle' idle.log; }
claim "a run that continues leaves the surplus idle" idle
printf 'hidden: 16\nbatch-tokens: [40\n' >broken.yml
expect_fatal 2 "fatal: broken.yml: line 2: a list where a value belongs" train_alone --corpus corpus --config broken.yml --output new
printf 'hidden: 16\n\tlanes: 4\n' >tab.yml
expect_fatal 2 "fatal: tab.yml: line 2: found a tab character that violates indentation" train_alone --corpus corpus --config tab.yml --output new

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
claim "the last checkpoint stands" test "$(readlink lonely/last.h5)" = update-00000004.h5
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
