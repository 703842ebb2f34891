#!/usr/bin/env bash
# Damage that a run meets: checkpoints that are cut, of a newer version, of another run or under another number, links
# that point nowhere, shards that change while they are read. One line says which file and what; a run never goes on
# with other content. (Damaged bytes: a_failure_is_one_line_and_leaves_nothing_behind.sh.)
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

cat >settings.yml <<'YAML'
embedding: 8
hidden: 16
batch-tokens: 40
lanes: 4
updates: 40
valid-interval: 10
checkpoint-interval: 10
keep: 4
threads: 1
YAML
grep -v valid settings.yml >alone.yml
train() { # RUN [OPTION ...]
    quiet timeout 100 "$CHORUS" train --corpus corpus --valid corpus-valid --config settings.yml --output "$@"
}
linked() { [ "$(readlink "$1")" = "update-$(printf %08d "$2").h5" ]; }
best() { "$CHORUS" inspect "$1/last.h5" | sed -n 's/^  best_update  *//p'; }

claim "corpora are prepared" make_corpora 300 3
claim "an undisturbed run" train good

# --- checkpoints ---
# goes_on RUN 'WARNING' [OPTION ...]: the run ends with exactly this on standard error, in the same bits.
goes_on() {
    local run=$1 warning=$2
    shift 2
    train "$run" "$@" 2>err && [ "$(cat err)" = "$warning" ] && cmp "$run/update-00000040.h5" good/update-00000040.h5 && linked "$run/last.h5" 40 && return
    cat err
    return 1
}
cut_short() {
    cp -r good cut && head -c 5000 good/update-00000040.h5 >cut/update-00000040.h5 &&
        goes_on cut "warning: checkpoint 'cut/update-00000040.h5': is truncated: has 5000 bytes of $(wc -c <good/update-00000040.h5): it is left out"
}
claim "of a truncated newest checkpoint the one before it is taken, to the same end" cut_short
newer() {
    cp -r good newer && printf '\2' | dd of=newer/update-00000040.h5 bs=1 seek=24 conv=notrunc status=none &&
        goes_on newer "warning: checkpoint 'newer/update-00000040.h5': is of format version 2: this program reads version 1: it is left out"
}
claim "of one of a newer version too" newer
renamed() {
    cp -r good renamed && cp good/update-00000030.h5 renamed/update-00000050.h5 &&
        goes_on renamed "warning: checkpoint 'renamed/update-00000050.h5': is of update 30: it is left out"
}
claim "a checkpoint under a higher number is left out" renamed
foreign() {
    train other --hidden 24 --updates 50 && cp -r good foreign && cp other/update-00000050.h5 foreign &&
        goes_on foreign "warning: checkpoint 'foreign/update-00000050.h5': is of another run: hidden is 24, and 16 in settings.yml: it is left out"
}
claim "a checkpoint of another run is left out" foreign
make_text others 300 3
prepare_others() { "$CHORUS" prepare --source others.source --target others.target --tokenizer words --shards 3 --output others; }
claim "another corpus" prepare_others
claim "a run with the same settings on it" quiet "$CHORUS" train --corpus others --config alone.yml --updates 50 --output elsewhere
claim "and its like on ours" quiet "$CHORUS" train --corpus corpus --config alone.yml --output here
cp elsewhere/update-00000050.h5 here
digest() { "$CHORUS" inspect "$1" | sed -n 's/^  digest  *//p'; }
expect_fatal 1 "fatal: checkpoint 'here/update-00000050.h5': was trained on a corpus with digest $(digest others), but 'corpus' has $(digest corpus)" \
    quiet "$CHORUS" train --output here

# --- links ---
cp -r good links && ln -sfn update-00000099.h5 links/best.h5 && rm links/last.h5
expect_fatal 1 "fatal: checkpoint 'links/best.h5': is a link to a file that is not there" quiet "$CHORUS" translate --model links/best.h5
mended() { train links --updates 41 2>err && [ ! -s err ] && linked links/last.h5 41 && linked links/best.h5 "$(best links)"; }
claim "links that point nowhere are mended at the next checkpoint" mended
best_is_gone() {
    local was
    was=$(best good)
    cp -r good without && rm "without/update-$(printf %08d "$was").h5" && train without --updates 41 2>err &&
        if [ "$was" = 40 ]; then [ ! -s err ]; else grep -qx "warning: run folder 'without': the best checkpoint, of update $was, is gone: best.h5 is that of update 41" err; fi &&
        [ -e without/best.h5 ] && linked without/last.h5 41
}
claim "where the best checkpoint was removed best.h5 is the last one, with a warning" best_is_gone

# --- shards that change while a run reads them ---
# Another corpus of exactly the same shape: the words of each source line in the other order.
awk '{ for (i = NF; i > 0; i--) printf("%s%s", $i, i == 1 ? "\n" : " ") }' train.source >turned.source
prepare() { quiet "$CHORUS" prepare --target train.target --tokenizer words "$@"; }
claim "a corpus in the form of another" prepare --source turned.source --shards 3 --output turned
same_form() { [ "$(wc -c <turned/shard-00001.h5)" = "$(wc -c <corpus/shard-00001.h5)" ] && ! cmp -s turned/shard-00001.h5 corpus/shard-00001.h5; }
claim "of as many bytes" same_form
claim "a corpus of more shards than are open at once" prepare --source train.source --shards 40 --output many

# changed RUN CORPUS COMMAND ...: a run that stands still in update 2 while the command changes a file, and goes on.
changed() {
    local run=$1 corpus=$2 trainer status=0
    shift 2
    CHORUS_HOOK="update.begin 2 0 SIGSTOP" timeout -k 1 100 "$CHORUS_HOOKS" train --corpus "$corpus" --config alone.yml --output "$run" >/dev/null &
    local waiting=$!
    for _ in {1..300}; do
        trainer=$(pgrep -P $waiting) && grep -q '^State:.T' "/proc/$trainer/status" && break
        sleep 0.1
    done
    "$@"
    kill -CONT "$trainer"
    wait $waiting || status=$?
    return $status
}
over() { cat "$1" >"$2"; }
beside() { cp "$1" "$2.new" && mv "$2.new" "$2"; }
cp -r corpus kept
expect_fatal 1 "fatal: corpus 'corpus': shard 'shard-00001.h5': has changed while it was read: is not the file that belongs here: its checksum is another" \
    changed a corpus over turned/shard-00001.h5 corpus/shard-00001.h5
over kept/shard-00001.h5 corpus/shard-00001.h5
expect_fatal 1 "fatal: corpus 'corpus': shard 'shard-00001.h5': has changed while it was read: is truncated: has 3000 bytes of $(wc -c <kept/shard-00001.h5)" \
    changed b corpus truncate -s 3000 corpus/shard-00001.h5
over kept/shard-00001.h5 corpus/shard-00001.h5
expect_fatal 1 "fatal: corpus 'many': shard 'shard-00001.h5': No such file or directory" changed c many mv many/shard-00001.h5 moved
mv moved many/shard-00001.h5
expect_fatal 1 "fatal: corpus 'many': shard 'shard-00001.h5': is not the file that belongs here: its checksum is another" \
    changed d many beside turned/shard-00001.h5 many/shard-00001.h5
claim "an undisturbed run without validation" quiet "$CHORUS" train --corpus kept --config alone.yml --output alone
same_end() { cmp "$1/update-00000040.h5" alone/update-00000040.h5; }
claim "a shard that is replaced while it is open" changed e corpus beside turned/shard-00001.h5 corpus/shard-00001.h5
claim "stays the old one" same_end e
beside kept/shard-00001.h5 corpus/shard-00001.h5
claim "a shard that is written again with the same bytes" changed f corpus touch corpus/shard-00001.h5
claim "is the same" same_end f
