#!/usr/bin/env bash
# Memory does not grow with the corpus: preparing the same text 20 times over, and training on it, have the same peak.
. "$(dirname "$0")/lib/claims.sh"

# 39,000 sentences are more than two of the stream's windows; long sources and short targets make much to read and
# little to compute.
awk 'BEGIN {
    srand(1)
    for (i = 0; i < 4096; i++) letters = letters sprintf("%c", 97 + int(26 * rand()))
    for (i = 0; i < 39000; i++) { print substr(letters, 1 + int(4000 * rand()), 60 + int(30 * rand())); print "a b c" >"short.target" }
}' >short.source
for i in {1..20}; do cat short.source; done >long.source
for i in {1..20}; do cat short.target; done >long.target
prepare() { # TEXT NAME [SETTING ...]
    CHORUS_HOOK="prepare.rename 0 0 count" "$CHORUS_HOOKS" prepare --source "$1.source" --target "$1.target" "${@:3}" --output "$2" 2>"$2.prepared"
}
learning=(--source-tokenizer characters --target-tokenizer words)
claim "a text is prepared" prepare short short "${learning[@]}"
claim "and 20 times over" prepare long long "${learning[@]}"
claim "and like it" prepare short short-like --like short
claim "and 20 times over, from a gzip file" eval 'gzip -1 long.source && mv long.source.gz long.source && prepare long long-like --like short'
rm -rf -- *.source *.target *-like
grown() { # SHORT LONG: bytes. Buffers fill at the start; 58 MB more of text and 250 MB more of shards come by
    local short long
    short=$(awk '/^prepare.rename/ { print $6 }' "$1.prepared") long=$(awk '/^prepare.rename/ { print $6 }' "$2.prepared")
    echo "peaks of $short and $long" >&2
    echo $((long - short))
}
claim "the peak of preparing is the same but for 16 MB" test "$(grown short long)" -lt 16000000
claim "and that with --like" test "$(grown short-like long-like)" -lt 16000000

cat >tiny.yml <<'YAML'
embedding: 4
hidden: 4
batch-sentences: 256
batch-tokens: 25000
lanes: 8
updates: 26
YAML
trained() { # CORPUS
    CHORUS_HOOK="update.end -1 0 count" "$CHORUS_HOOKS" train --corpus "$1" --config tiny.yml --threads 1 --output "run-$1" 2>"$1.counts"
}
claim "trained on it" trained short
claim "and on it 20 times over" trained long
peak() { awk '/^update.end/ { peak = $6 } END { print peak }' "$1.counts"; }
short=$(peak short) long=$(peak long) shards=$(cat long/shard-*.h5 | wc -c)
echo "peak $short on the short corpus, $long on the long one of $shards bytes"
windows() { # passed: of 16,384 sentences
    awk -F'[:,]' '/gradient_norm/ { n += $8 } END { exit n < 3 * 16384 }' run-long/metrics.jsonl
}
claim "over three windows" windows
claim "the long one's shards are beyond 4 times the short one's peak" test "$shards" -gt $((4 * short))
claim "the model is below 5 MB" test "$(wc -c <run-long/update-00000000.h5)" -lt 5000000
claim "the peaks are within 5 %" test $((100 * long)) -lt $((105 * short))
