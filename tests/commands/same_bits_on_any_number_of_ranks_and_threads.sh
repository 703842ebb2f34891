#!/usr/bin/env bash
# The result does not depend on how many ranks or threads computed it: equal files in every checkpoint, and equal
# metrics but for times.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

# The rate is zero from update 36 on, so that the validation of update 45 is no better than that of 36, on any
# processor.
cat >settings.yml <<'YAML'
embedding: 90
hidden: 150
attention: general
input-feeding: on
dropout: 0.2
unknown-dropout: 0.1
label-smoothing: 0.1
learning-rate: 0.004
schedule: linear
warmup: 5
decay-updates: 36
batch-tokens: 45
lanes: 8
valid-interval: 9
patience: 1
epochs: 20
keep: 100
YAML

uneven_shards() {
    "$CHORUS" inspect corpus | awk '/ shard-/ { n++; if ($2 % 8 == 0 || seen[$2]++) exit 1 } END { exit n < 3 }'
}
claim "three shards are prepared" make_corpora 700 3
claim "of unequal sizes that are no multiples of 8" uneven_shards
counted() { program=$CHORUS_HOOKS CHORUS_HOOK="update.end -1 0 count" train one 1 1 2>counts; }
claim "a run on one rank" counted
claim "it ended early, by patience" grep -q '^{"state":"finished","update":45,' one/status.json
claim "after 40 updates and two validations at least" \
    awk -F'[:,]' '/validation_loss/ {v++} {u = $2} END {exit !(u >= 40 && v >= 2)}' one/metrics.jsonl
claim "two epochs had a group with empty lanes" \
    awk -F'[:,]' '/gradient_norm/ { if ($12 > full) full = $12; n += $12 < full / 2 } END { exit n < 2 }' one/metrics.jsonl
claim "three products of a micro-batch at least were cut into three pieces or more with a ragged edge" \
    awk '/^update.end/ { if ($2 == 3) first = $8; if ($2 == 4) n = $8 - first } END { exit !(n >= 3 * 8) }' counts
for ranks in 1 2 3 4 5 8; do
    for threads in 1 2; do
        train "run-$ranks-$threads" "$ranks" "$threads" >log 2>&1 || cat log
        claim "$ranks ranks x $threads threads: the same files and metrics" same_run one "run-$ranks-$threads"
        rm -rf "run-$ranks-$threads"
    done
done
claim "a run with another seed" train seed 2 1 --seed 2 --updates 9
refute "is another result" cmp one/update-00000009.h5 seed/update-00000009.h5
