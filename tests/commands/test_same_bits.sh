#!/usr/bin/env bash
# The result does not depend on how many ranks or threads computed it: equal files in every checkpoint, and equal metrics but for times.
. "$(dirname "$0")/lib.sh"
. "$CHORUS_SOURCE/tests/commands/text.sh"
. "$CHORUS_SOURCE/tests/commands/run.sh"

cat >settings.yml <<'YAML'
embedding: 64
hidden: 160
attention: general
input-feeding: on
dropout: 0.2
unknown-dropout: 0.1
label-smoothing: 0.1
learning-rate: 0.04
warmup: 5
batch-tokens: 60
lanes: 8
valid-interval: 10
patience: 1
epochs: 20
log-interval: 10
keep: 100
YAML

claim "three shards are prepared" make_corpora 1000 3
claim "a run on one rank" train one 1 1
claim "it ended early, by patience" grep -q '"state":"finished"' one/status.json
claim "after 40 updates and two validations at least" \
    awk -F'[:,]' '/validation_loss/ {v++} {u = $2} END {exit !(u >= 40 && v >= 2)}' one/metrics.jsonl
claim "two epochs had a group that is not full" \
    test "$(grep -oE '"target_tokens":[0-9]+,"gradient_norm' one/metrics.jsonl | awk -F'[:,]' '$2 < 400' | wc -l)" -ge 2
for ranks in 1 2 3 4 5 8; do
    for threads in 1 2; do
        train "run-$ranks-$threads" "$ranks" "$threads" >log 2>&1 || cat log
        claim "$ranks ranks x $threads threads: the same files and metrics" same_run one "run-$ranks-$threads"
        rm -rf "run-$ranks-$threads"
    done
done
train seed 2 1 --seed 2 >log 2>&1
refute "another seed is another result" cmp one/update-00000010.h5 seed/update-00000010.h5

program=$CHORUS_HOOKS CHORUS_HOOK="update.end 12 0 count" train counted 1 1 >counted.log 2>&1
claim "products were cut into three pieces or more with a ragged edge" awk '/^allocations/ {exit !($4 >= 3)}' counted.log
