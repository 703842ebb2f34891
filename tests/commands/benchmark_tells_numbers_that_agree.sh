#!/usr/bin/env bash
# chorus benchmark measures and tells what it has measured; no time is asserted here. Tiny models: what is looked at is that the
# numbers are there and agree with each other, on one rank and on several, and that nothing is left behind.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

mkdir temporary
export TMPDIR=$folder/temporary
tiny=(--embedding 16 --hidden 16 --vocabulary 50 --batch-sentences 4 --updates 4 --threads 1)

# object FILE PYTHON: one JSON object in it, `o`, of which this holds.
object() {
    python3 - "$@" <<'END_OF_PYTHON'
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == 1, lines
o = json.loads(lines[0])
part = lambda name: o["parts"][name]
assert eval("(" + sys.argv[2] + ")"), o
END_OF_PYTHON
}
quiet() { "$@" 2>error && [ ! -s error ] || { cat error; false; }; }
training='[type(o[k]) for k in ("sgemm_peak_gflops", "useful_gflops", "share_of_peak", "target_tokens_per_second",
    "source_tokens_per_second", "peak_memory_bytes", "ranks", "threads", "kernel", "precision", "shape", "parts")] ==
    [float] * 5 + [int] * 3 + [str] * 3 + [dict]'
parts='sorted(o["parts"]) == sorted("encoder attention decoder output optimizer exchange data checkpoint rest".split()) and
    abs(sum(p["share"] for p in o["parts"].values()) - 1) < 1e-9 and
    all(p["share"] >= 0 and p["share_of_peak"] >= 0 for p in o["parts"].values())'
peaks='o["sgemm_peak_gflops"] == max(o["sgemm_peak_before_gflops"], o["sgemm_peak_after_gflops"]) > 0 and
    abs(o["useful_gflops"] / (o["sgemm_peak_gflops"] * o["ranks"] * o["threads"]) / o["share_of_peak"] - 1) < 1e-9'

of_validation='0 < o["validation_target_tokens_per_second_least"] <= o["validation_target_tokens_per_second"] <=
    o["validation_target_tokens_per_second_most"] and
    0.999 * o["validation_target_tokens_per_second_least"] / o["target_tokens_per_second_most"] <=
    o["validation_times_training"] <=
    1.001 * o["validation_target_tokens_per_second_most"] / o["target_tokens_per_second_least"]'

one() { quiet "$CHORUS" benchmark "${tiny[@]}" --json >one.json; }
claim "one rank" one
claim "gives all that is promised" object one.json "$training"
claim "the parts' shares add up to 1" object one.json "$parts"
claim "what is spent is in the parts" object one.json 'part("decoder")["share"] > 0 and part("encoder")["share"] > 0 and
    part("output")["share"] > 0 and part("attention")["share"] > 0 and part("optimizer")["share"] > 0 and
    part("exchange")["share"] > 0 and part("checkpoint")["share"] > 0 and part("data")["share"] > 0'
claim "products are in four of them" object one.json \
    '[n for n in o["parts"] if part(n)["share_of_peak"] > 0] == ["encoder", "attention", "decoder", "output"]'
claim "the shares of peak are the whole's" object one.json "$peaks"
claim "validation has a rate beside training's" object one.json "$of_validation"
claim "nothing is left of the checkpoint" test -z "$(ls -A temporary)"

two() { quiet ranks 2 "$CHORUS" benchmark "${tiny[@]}" --json >two.json; }
claim "two ranks" two
claim "give as much" object two.json "$training and $parts and $peaks and $of_validation and (o['ranks'], o['lanes']) == (2, 2)"
claim "and leave nothing" test -z "$(ls -A temporary)"

# The shape is the reference's without a word, and a file's with one.
table() { quiet "$CHORUS" benchmark "$@" --vocabulary 50 --batch-sentences 1 --updates 1 --threads 1 >table; }
claim "without options" table
claim "the shape is the reference's" grep -q '^shape  *reference: embedding 512, encoder 2 x 256 a direction, decoder 2 x 512, ' table
claim "a table has the parts" grep -qE '^decoder +[0-9.]+ % +[0-9.]+ %$' table
claim "and validation" grep -qE '^validation +[0-9,]+ \([0-9,]+ to [0-9,]+\)$' table
of_file() { quiet "$CHORUS" benchmark --config "$CHORUS_SOURCE/jobs/reference.yml" "${tiny[@]}" --json >file.json; }
claim "its file" of_file
alike() { cmp <(sed 's/.*"parameters":\([0-9]*\).*/\1/' one.json) <(sed 's/.*"parameters":\([0-9]*\).*/\1/' file.json); }
claim "has as many parameters" alike
claim "another shape's file" quiet "$CHORUS" benchmark --config "$CHORUS_SOURCE/jobs/small.yml" --hidden 16 --batch-sentences 2 \
    --vocabulary 50 --updates 1 --threads 1 --json
make_corpora 400 2
of_corpus() { quiet "$CHORUS" benchmark --corpus corpus "${tiny[@]:0:4}" --batch-sentences 4 --updates 3 --threads 1 --json >corpus.json; }
claim "a corpus of one's own" of_corpus
claim "is what is measured" object corpus.json "$training and $parts and o['corpus'] == 'corpus'"

# What else can be measured.
translate() { quiet "$CHORUS" benchmark --what translate "${tiny[@]}" --json >translate.json; }
claim "translating" translate
claim "in batches and alone" object translate.json \
    'all(o[k]["sentences_per_second"] > 0 and o[k]["tokens_per_second"] > 0 for k in ("batches", "alone"))'
claim "with the totals behind the rates" object translate.json \
    '[o[k]["sentences"] for k in ("batches", "alone")] == [16, 4] and all(o[k]["tokens"] >= 6 * o[k]["sentences"] and
    o[k]["source_tokens"] >= 5 * o[k]["sentences"] and min(o[k][n] for n in ("seconds", "useful_operations", "bytes")) > 0
    for k in ("batches", "alone"))'

# Each task, on sentences of its own.
of_task() { quiet "$CHORUS" benchmark --task "$1" "${tiny[@]}" --json >"$1.json"; }
of_tasks() { # TASK, PYTHON: of its totals s and t, source and target tokens of 4 updates of 4 sentences
    claim "task $1" of_task "$1"
    claim "is what is measured, on $1's sentences" object "$1.json" "$training and $parts and $peaks and $of_validation and
        (o['task'], o['updates']) == ('$1', 4) and (lambda s, t: $2)(o['source_tokens'], o['target_tokens'])"
}
claim "without a word it is translate" object one.json 'o["task"] == "translate"'
of_tasks tag 's == t >= 5 * 16'
of_tasks classify 't == 16 and s >= 5 * 16'
of_tasks generate 's == 16 and t >= 6 * 16'
claim "a decoder is asked for there, but no encoder" object generate.json \
    'part("decoder")["share_of_peak"] > 0 and part("encoder")["share_of_peak"] == 0'
claim "and none to tag and to classify" object tag.json 'part("decoder")["share_of_peak"] == 0 and part("encoder")["share_of_peak"] > 0'
of_table() { table --task tag --embedding 16 --hidden 16; }
claim "a table of tags" of_table
claim "says so" grep -qx 'corpus  *made up, for task tag, vocabularies 50 and 50' table
claim "and has no decoder" grep -qE '^shape  *reference, changed: embedding 16, encoder 2 x 8 a direction, [0-9,]+ parameters$' table
generate() { quiet "$CHORUS" benchmark --task generate --what translate "${tiny[@]}" --json >generate.json; }
claim "generating" generate
claim "in batches and alone too" object generate.json 'o["task"] == "generate" and
    all(o[k]["tokens"] >= 6 * o[k]["sentences"] == 6 * o[k]["source_tokens"] > 0 for k in ("batches", "alone"))'
products() { quiet "$CHORUS" benchmark --what products "${tiny[@]:0:8}" --threads 1 --json >products.json; }
claim "products" products
claim "are told with each kernel" object products.json 'len(o["products"]) > 5 and o["products"][0]["share"] > 0.01 and
    all(len(p["gflops"]) >= 2 and min(p["gflops"].values()) > 0 for p in o["products"])'
prepare() { quiet "$CHORUS" benchmark --what prepare --vocabulary 50 --batch-sentences 1 --json >prepare.json; }
claim "preparing" prepare
claim "as words and pieces" object prepare.json 'min(o[k]["pairs_per_second"] for k in ("words", "sentencepiece")) > 0'
claim "nothing is left of all that" test -z "$(ls -A temporary)"

# What cannot be.
expect_fatal 1 "fatal: temporary folder in 'nowhere': No such file or directory" env TMPDIR=nowhere "$CHORUS" benchmark "${tiny[@]}"
expect_fatal 1 "fatal: temporary folder in 'nowhere': No such file or directory" env TMPDIR=nowhere "$CHORUS" benchmark --what prepare
no_memory() {
    "$CHORUS" benchmark --hidden 65536 2>error >output
    [ $? = 1 ] && [ ! -s output ] && [ "$(wc -l <error)" = 1 ] &&
        grep -q '^fatal: memory: the run needs about [0-9.]* TB on this host (.*), and .* are there: ' error || { cat error; false; }
}
claim "a shape that no memory holds is refused before any work" no_memory
stopped() {
    local status=0
    timeout -s TERM 4 "$CHORUS" benchmark --threads 1 --updates 1000 >output 2>error || status=$?
    cat error
    [ "$status" = 124 ] && grep -qx 'fatal: stopped by SIGTERM: the measurement is not complete' error && [ ! -s output ]
}
claim "a signal ends it with a word" stopped
claim "and nothing is left" test -z "$(ls -A temporary)"
