#!/usr/bin/env bash
# Checkpoints are written while training goes on: a slow disk stops nothing, what is written is the state of its update,
# a stop waits for it, and a checkpoint that cannot be written ends the run and leaves what was there.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 32
batch-tokens: 60
valid-interval: 1000
checkpoint-interval: 4
log-interval: 1
updates: 9
YAML
before() { # LOG A B: the line that starts with A stands before the one that starts with B
    awk -v a="$2" -v b="$3" 'index($0, a) == 1 { at = NR } index($0, b) == 1 { exit !at } END { if (!at) exit 1 }' "$1"
}
files() { (cd "$1" && echo update-*); }

claim "corpora are prepared" make_corpora 700 3
undisturbed() { train undisturbed 1 1 >undisturbed.log; }
claim "an undisturbed run" undisturbed
claim "its log tells the memory of the copy" grep -Eq "rank 0's copy for checkpoints [0-9.]+ kB$" undisturbed.log

# From the second on, every checkpoint takes two seconds more, before a byte of it is written.
slow() { CHORUS_HOOK_LOG=slow.hooks hooked "checkpoint.open@2 0 0 slow; saver.wait -1 0 count" slow 2 >slow.log 2>slow.error; }
claim "a run on a slow disk" slow
for update in 5 6 7 8; do
    claim "update $update comes while the checkpoint of update 4 is written" before slow.log "update $update " "checkpoint at update 4 saved"
done
claim "the checkpoint of update 8 waits for it" before slow.log "checkpoint at update 4 saved" "update 9 "
claim "the end waits for the last one" before slow.log "checkpoint at update 9 saved" "finished"
lives() { # two waits of two seconds without a slab; a sign of life for each slab then
    local signs
    signs=$(grep -c "^saver.wait" slow.hooks)
    echo "$signs signs of life" && [ "$signs" -ge 2 ] && [ "$signs" -lt 500 ]
}
claim "who waits gives signs of life only as slabs are written" lives
claim "what is written is the state of its update" same_run undisturbed slow

stopped() {
    local status=0
    hooked "checkpoint.open@2 0 0 slow; update.begin 5 -1 SIGUSR1" stopped 2 >stopped.log || status=$?
    [ "$status" = 75 ] && points_at stopped 5 && grep -q '"state":"stopped","update":5,.*"last_checkpoint":5,' stopped/status.json
}
claim "a stop waits for two checkpoints" stopped
claim "and says why" grep -qx "stopped by SIGUSR1" stopped.log

# --- what fails ---
expect_fatal 1 "fatal: rank 0 of 2 (HOST): checkpoint 'flipped/update-00000008.h5': the copy of its state changed in memory ('parameters/output.bias')" \
    quiet hooked "saver.slab 8 0 flip" flipped 2
claim "the checkpoints before it stand" test "$(files flipped)" = "update-00000000.h5 update-00000004.h5"
moment() {
    hooked "saver.slab@30 8 0 flip" moment 1 2>&1 | grep "^fatal: checkpoint 'moment/update-00000008.h5': the copy of its state changed in memory ('moments/"
}
claim "so is one that flips in the moments" moment

claim "a run of 4 updates" train full 1 1 --updates 4
ln -s /dev/full full/update-00000008.h5.partial
expect_fatal 1 "fatal: checkpoint 'full/update-00000008.h5': No space left on device" quiet train full 1 1 --updates 9
claim "nothing half-written is left on a full disk" test "$(files full)" = "update-00000000.h5 update-00000004.h5"
claim "and the links are as they were" points_at full 4
claim "continued with room it ends" train full 1 1 --updates 9
claim "as the undisturbed run" same_run undisturbed full
