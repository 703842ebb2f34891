# shellcheck shell=bash
# Toys for the tests of tasks, sourced behind claims.sh, text.sh and run.sh: a rule for each that a tiny model learns at once.
#     make_toys NAME LINES SEED      writes NAME.words and others, see below
#     toy NAME VERB SIDES PREPARE TRAIN VERB-OPTIONS METRIC TEST
# The latter prepares NAME.train and NAME.valid (in SIDES % stands for train or valid; PREPARE is said for train alone),
# trains, and claims: METRIC of `evaluate`, as x, passes TEST of awk; 3 ranks, interrupted, end with the bits of one; they evaluate
# alike; `chorus VERB` gives the outputs of `evaluate`.
make_toys() {
    awk -v lines="$2" -v seed="$3" -v name="$1" '
    function put(kind, line) { print line > (name "." kind) }
    function pick(list, part) { return part[1 + int(split(list, part, " ") * rand())] }
    BEGIN {
        srand(seed)
        split("B-A I-A O", first); split("7,1,2 4,-1 9,0,1 5,2", frames_of_label); split("left_turn right stop_now go", label)
        tags["cat"] = "B-A"; tags["dog"] = "B-A"; tags["big"] = "I-B"; tags["sees"] = "O"; tags["red"] = "O"
        for (i = 0; i < lines; i++) {
            n = 1 + int(6 * rand()); words = tag = letters = letter_tags = conll = vectors = hot = sums = ""; cats = 0
            for (k = 0; k < n; k++) {
                w = pick("cat dog big sees red"); cats += w == "cat"; a = pick("a b c")
                words = words (k ? " " : "") w; tag = tag (k ? " " : "") tags[w]
                conll = conll k "\t" w "\t" tags[w] "\n"
                letters = letters a; letter_tags = letter_tags (k ? " " : "") toupper(a)
                x = sprintf("%.4f", 40 + 20 * rand()); y = sprintf("%.4f", 2 * rand() - 1)
                vectors = vectors x " " y "\n"; hot = hot (k ? " " : "") (x > 50 ? "hot" : "cold")
                sums = sums sprintf("%.4f\n", 3 * x + 7 * y)
            }
            put("words", words); put("tags", tag); put("conll", conll); put("letters", letters); put("letter-tags", letter_tags)
            put("frames", vectors); put("hot", hot); put("sums", sums)
            put("cats", cats ? "has a cat" : "has none"); put("last", x > 50 ? "ends hot" : "ends cold")
            asks = pick("cat dog"); put("question", "any " asks)
            held = pick("cat dog red"); put("held", held); put("answer", asks == held ? "yes" : "no")
            x = 4 * rand() - 2; y = rand() - 0.5; put("vector", sprintf("%.5f,%.5f", x, y)); put("side", x + y > 0 ? "on the right" : "on the left")
            put("line", sprintf("%.5f %.5f", 100 + 20 * x, y - x))
            l = 1 + int(4 * rand()); put("label", label[l]); spelled = label[l]; gsub(/./, "& ", spelled); put("spelled", spelled)
            m = split(frames_of_label[l], part, ","); f = ""
            for (k = 1; k <= m; k++) f = f (10 + part[k]) " " k "\n"
            put("label-frames", f)
            set = sorted = ""; held = 1 + int(7 * rand())
            for (k = 0; k < 3; k++) if (int(held / 2 ^ k) % 2) { set = substr("xyz", k + 1, 1) (set ? " " : "") set; sorted = sorted (sorted ? " " : "") substr("XYZ", k + 1, 1) }
            put("set", set); put("sorted", sorted)
            m = 1 + int(3 * rand()); s = f = ""
            for (k = 0; k < m; k++) { w = 1 + int(3 * rand()); s = s (k ? " " : "") "n" w; f = f (10 * w) " " (2 - w) "\n" }
            put("numbers", s); put("number-frames", f)
        }
    }'
}

cat >settings.yml <<'YAML'
embedding: 12
hidden: 16
dropout: 0
lanes: 4
batch-tokens: 120
learning-rate: 0.02
warmup: 5
epochs: 0
valid-interval: 40
updates: 120
YAML

valued() { # FILE METRIC TEST
    sed -E "s/.*\"$2\":\{\"value\":([^,}]*).*/\1/" "$1" | awk "{ x = \$1 } END { exit !(NR && x != \"null\" && ($3)) }" || { cat "$1" && false; }
}
# The last validation of the best checkpoint says what evaluate does.
reported() { # RUN METRIC
    local wanted found
    wanted=$(sed -E "s/.*\"$2\":\{\"value\":([^,}]*).*/\1/" "$1.json")
    found=$(grep '"best":true' "$1/metrics.jsonl" | tail -1 | sed -E "s/.*\"$2\":([^,}]*).*/\1/")
    [ "$wanted" = "$found" ] || { echo "$2: $wanted, but $found in training" && false; }
}

toy() {
    local name=$1 verb=$2 sides=$3 prepare=$4 options=$5 apply=$6 metric=$7 test=$8 input
    train() { # RUN UPDATES: words are meant to split
        "${@:3}" "$CHORUS" train --corpus "$name.train" --valid "$name.valid" --config settings.yml --threads 1 --output "$1" --updates "$2" $options
    }
    evaluate() { "$CHORUS" evaluate --model "$name.run/best.h5" --corpus "$name.valid" --threads 1 "$@"; }
    input=$(sed -E 's/.*--source ([^ ]+).*/\1/; s/%/valid/' <<<"$sides")
    claim "$name: prepared" quiet "$CHORUS" prepare ${sides//%/train} $prepare --shards 2 --output "$name.train"
    claim "$name: more like it" quiet "$CHORUS" prepare ${sides//%/valid} --shards 2 --like "$name.train" --output "$name.valid"
    claim "$name: trained" quiet train "$name.run" "${updates:-120}"
    claim "$name: evaluated" eval 'evaluate --json --output "$name.outputs" >"$name.run.json" 2>/dev/null'
    claim "$name: the rule is learnt: $metric, $test" valued "$name.run.json" "$metric" "$test"
    claim "$name: 3 ranks" quiet train "$name.three" 60 ranks 3
    claim "$name: which one continues" quiet train "$name.three" "${updates:-120}"
    claim "$name: to the same bits" cmp "$name.run/last.h5" "$name.three/last.h5"
    on_ranks() { ranks 3 "$CHORUS" evaluate --model "$name.run/best.h5" --corpus "$name.valid" --threads 1 --json --output "$name.outputs-3" 2>/dev/null | tr -d '\r' >"$name.json-3"; }
    claim "$name: 3 ranks evaluate" on_ranks
    claim "$name: the same" eval 'cmp "$name.run.json" "$name.json-3" && cmp "$name.outputs" "$name.outputs-3"'
    [ "$verb" ] || return 0
    claim "$name: chorus $verb" quiet "$CHORUS" "$verb" --model "$name.run/best.h5" --input "$input" --threads 1 --output "$name.applied" $apply
    claim "$name: gives these outputs" cmp "$name.outputs" "$name.applied"
}
