#!/usr/bin/env bash
# The whole way on 2 ranks, small: text, corpus, training, continuing, translating, scoring, inspecting. The sanitizers
# run it too.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 24
layers: 2
attention: general
lanes: 3
batch-tokens: 100
valid-interval: 5
updates: 10
YAML

make_text train 300 1
make_text valid 60 2
claim "a corpus of pieces and words" ranks 2 "$CHORUS" prepare --source train.source --target train.target \
    --source-tokenizer sentencepiece --target-tokenizer words --shards 3 --output corpus
claim "one like it" ranks 2 "$CHORUS" prepare --source valid.source --target valid.target --like corpus \
    --output corpus-valid
claim "training" train run 2 1
claim "continuing" ranks 3 "$CHORUS" train --output run --updates 15
claim "translating on 2 ranks" ranks 2 "$CHORUS" translate --model run/best.h5 --input valid.source --output two.target
claim "translating on one" bash -c '"$CHORUS" translate --model run/best.h5 <valid.source >one.target'
claim "to the same bytes" cmp one.target two.target
claim "a line for each line" test "$(wc -l <one.target)" = 60
claim "scoring" bash -c 'ranks() { "$CHORUS_SOURCE/tests/mpirun.sh" "$@"; }
    ranks 2 "$CHORUS" score --model run/last.h5 --corpus corpus-valid >corpus.scores &&
    "$CHORUS" score --model run/last.h5 --source valid.source --target valid.target >texts.scores &&
    cmp corpus.scores texts.scores && test "$(wc -l <corpus.scores)" = 60'
claim "inspecting" "$CHORUS" inspect --check corpus
claim "a checkpoint too" "$CHORUS" inspect --check run/last.h5
