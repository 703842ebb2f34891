#!/usr/bin/env bash
# Every rank holds the same weights: a copy that differs ends the run at the next boundary, rank and parameter are named,
# and nothing is lost.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 20
learning-rate: 0.01
warmup: 2
batch-tokens: 40
valid-interval: 8
checkpoint-interval: 4
updates: 16
keep: 2
YAML

settled() { # 'HOOKS' RUN RANKS: training with hooks, without its log; the checkpoint of update 8 reaches the disk
    hooked "update.begin 9 0 settle; $1" "$2" "$3" >/dev/null
}

claim "corpora are prepared" make_corpora 400 3
claim "an undisturbed run" train undisturbed 1 1
# The hook flips the last bit of the weights: it is of the last parameter.
last=$("$CHORUS" inspect undisturbed/last.h5 | awk '/^Parameters/ { on = 1; next } on && NF { name = $1 } END { print name }')

for rank in 1 0; do
    expect_fatal 1 "fatal: rank 0 of 3 (HOST): weights of rank $rank (HOST) differ from the others' in '$last'" \
        settled "update.weights 12 $rank flip" "flipped-$rank" 3
    claim "the checkpoint before it stands" stands_at "flipped-$rank" 8
    claim "continued on 2 ranks it ends" train "flipped-$rank" 2 1
    claim "as if nothing had been" same_end undisturbed "flipped-$rank"
done
expect_fatal 1 "fatal: rank 0 of 3 (HOST): weights of rank 2 (HOST) differ from the others' in '$last'" \
    settled "update.weights 4 2 flip" checkpoint 3
claim "before a checkpoint that no validation goes with, too" stands_at checkpoint 0
