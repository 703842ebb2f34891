#!/usr/bin/env bash
# What a decoder is made of, by the settings: each form is trained, to the same bits on 1 and 3 ranks, continued from
# its checkpoint, and translates the same on 1 and 2 ranks.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 12
hidden: 16
cell: gru
lanes: 3
batch-tokens: 100
valid-interval: 4
updates: 8
keep: 100
YAML

form() { # NAME OPTION ...
    local name=$1
    shift
    claim "$name: one rank" train "$name-1" 1 1 "$@"
    claim "$name: stopped after 4 of its updates on three ranks" train "$name-3" 3 1 "$@" --updates 4
    claim "$name: and continued on two" train "$name-3" 2 1 --updates 8
    claim "$name: the same files and metrics" same_run "$name-1" "$name-3"
    claim "$name: translates" translates "$name-1"
    rm -rf "$name-3"
}
translates() { # RUN: on one rank and on two, to the same bytes
    "$CHORUS" translate --model "$1/last.h5" --threads 1 --input few.source --output one.target 2>/dev/null &&
        ranks 2 "$CHORUS" translate --model "$1/last.h5" --threads 1 --input few.source --output two.target 2>/dev/null &&
        cmp one.target two.target && [ "$(wc -l <one.target)" = 20 ]
}

claim "corpora" make_corpora 200 2
head -20 valid.source >few.source
form both --context-use both --context mean
form conditional --decoder conditional --layers 2
form every --context-use every --feed-previous off --readout 0 --no-tied-embeddings
