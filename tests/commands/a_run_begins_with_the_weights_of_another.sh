#!/usr/bin/env bash
# A run from another run's checkpoint (--from): its weights, averaged where they are, its model settings and its
# vocabularies, with a new corpus, a new schedule and a state of zero; and parameters that stay as they are (--freeze).
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

gru_settings <<'YAML'
learning-rate: 0.01
updates: 16
average: 0.9
YAML
claim "corpora are prepared" make_corpora 400 3
claim "the first run" train origin 1 1

# --- another corpus, like the checkpoint ---
make_text more 300 7
more() { quiet "$CHORUS" prepare --source more.source --target more.target --shards 2 --like "$1" --output "$2"; }
claim "a text is prepared like the checkpoint" more origin/best.h5 more
claim "and like its corpus" more corpus again
claim "which is the same" cmp more/corpus.h5 again/corpus.h5
joint() {
    "$CHORUS" prepare --source train.source --target train.target --tokenizer characters --joint --output joint &&
        "$CHORUS" train --corpus joint --hidden 8 --embedding 4 --lanes 1 --updates 1 --threads 1 --output of-joint &&
        "$CHORUS" prepare --source more.source --target more.target --like of-joint/last.h5 --output like-joint &&
        "$CHORUS" inspect like-joint | grep -Eqx '  joint vocabulary +yes'
}
claim "a joint vocabulary stays one" joint

# --- the second run ---
cat >settings.yml <<'YAML'
optimizer: adamw
weight-decay: 0.01
learning-rate: 0.005
schedule: constant
warmup: 2
lanes: 4
seed: 7
batch-tokens: 60
valid-interval: 8
patience: 0
updates: 16
keep: 100
YAML
again() { # RUN RANKS [OPTION ...]
    train "$1" "$2" 1 --corpus more "${@:3}"
}
claim "a run from it" again second 1 --from origin/best.h5
value() { "$CHORUS" inspect "$1" | awk -v name="$2" '$1 == name { print $2 }'; }
scores() { "$CHORUS" score --model "$1" --corpus corpus-valid --threads 1 2>/dev/null; }
claim "begins where the other ended, with the averaged weights" cmp <(scores origin/best.h5) <(scores second/update-00000000.h5)
claim "with its model" test "$(value second/last.h5 cell) $(value second/last.h5 hidden)" = "gru 32"
claim "but settings of its own" test "$(value second/last.h5 seed) $(value second/last.h5 optimizer)" = "7 adamw"
claim "and a state of zero" test "$(value second/update-00000000.h5 update) $(value second/update-00000000.h5 steps)" = "0 0"
refute "and trains on" cmp <(scores second/update-00000000.h5) <(scores second/last.h5)

cp origin/best.h5 copy.h5
stopped() {
    local status=0
    program=$CHORUS_HOOKS CHORUS_HOOK="update.gradient 6 2 SIGUSR1" again "$@" || status=$?
    [ "$status" = 75 ]
}
claim "the same from a copy under another name, stopped on 3 ranks" stopped third 3 --from copy.h5
rm copy.h5
claim "continues without the origin" again third 2
claim "to the same end: no name of it is in a checkpoint" same_end second third
claim "the origin may be said again" again third 1 --from copy.h5
expect_fatal 2 "fatal: --from 'origin/best.h5' contradicts the run 'third', which began with 'copy.h5'" \
    again third 1 --from origin/best.h5

# --- frozen ---
frozen() { # RUN RANKS
    again "$1" "$2" --from origin/best.h5 --average 0.8 --freeze "encoder, source.embedding, decoder.0.bias"
}
claim "a run with frozen parameters" frozen frozen 1
claim "and on 3 ranks" frozen frozen-3 3
claim "is the same" same_run frozen frozen-3
names() { "$CHORUS" inspect frozen/last.h5 | sed -n '/^Parameters$/,$s/^  \([^ ]*\) .*/\1/p'; }
stand() { # BLOCK NAME: as at the start
    h5diff -q frozen/update-00000000.h5 frozen/last.h5 "/$1/$2" >/dev/null
}
all_stand() {
    local name block
    for name in $(names | grep -E '^(encoder\.|source\.embedding$|decoder\.0\.bias$)'); do
        for block in parameters average moments/first moments/second; do
            stand "$block" "$name" || { echo "/$block/$name"; return 1; }
        done
    done
}
none_stands() {
    local name count=0
    for name in $(names | grep -Ev '^(encoder\.|source\.embedding$|decoder\.0\.bias$)'); do
        stand parameters "$name" && { echo "$name"; return 1; }
        count=$((count + 1))
    done
    [ "$count" -gt 5 ]
}
claim "what is frozen stands, and so do its average and its moments" all_stand
claim "all else has moved" none_stands
norm() { grep -m1 gradient_norm "$1/metrics.jsonl" | sed 's/.*"gradient_norm":\([^,]*\),.*/\1/'; }
claim "the norm is that of what is left" awk -v all="$(norm second)" -v left="$(norm frozen)" 'BEGIN { exit !(0 < left && left < all) }'
claim "a run with frozen parameters continues" again frozen 1 --updates 18
expect_fatal 2 "fatal: --freeze source contradicts the run 'frozen', which has encoder, source.embedding, decoder.0.bias" \
    again frozen 1 --freeze source
expect_fatal 2 "fatal: --freeze source contradicts the run 'second', which has none" again second 1 --freeze source
