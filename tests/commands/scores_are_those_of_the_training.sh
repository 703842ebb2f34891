#!/usr/bin/env bash
# `chorus score`: log-probability, TAB, tokens for each pair, in order; the totals equal to the last bit to what
# training reported; the same for a corpus and for its texts, and for any number of ranks.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 12
hidden: 20
learning-rate: 0.01
batch-tokens: 40
lanes: 4
valid-interval: 10
updates: 20
YAML
claim "corpora are prepared" make_corpora 300 3
claim "a model is trained" train run 2 1
score() { "$CHORUS" score --model run/best.h5 "$@"; }
claim "the validation corpus is scored" bash -c '"$0" score --model run/best.h5 --corpus corpus-valid --threads 2 >of-corpus 2>totals' "$CHORUS"

claim "a line for each pair" test "$(wc -l <of-corpus)" = 150
claim "of log-probability, TAB, tokens" awk -F'\t' '!/^-[0-9]+\.[0-9]+\t[0-9]+$/ { exit 1 }' of-corpus
tokens_of_text() { cmp <(awk '{ print NF + 1 }' valid.target) <(cut -f2 of-corpus); }
claim "the tokens are the text's words and the end, in order" tokens_of_text
reported() { # FIELD: of the last validation that was the best
    grep '"best":true' run/metrics.jsonl | tail -1 | sed -E "s/.*\"$1\":([^,]*),.*/\1/"
}
totals="150 sentences, $(reported target_tokens) tokens, loss $(reported validation_loss) a token, perplexity $(reported perplexity) a token"
claim "the totals equal in all digits what training reported" test "$(sed 's/ a token, [0-9.]* a word.*/ a token/' totals)" = "$totals"
claim "and are the sum of the lines" awk -F'\t' -v loss="$(reported validation_loss)" \
    '{ sum -= $1; n += $2 } END { d = sum / n - loss; exit !(d < 1e-12 && d > -1e-12) }' of-corpus
claim "per word and per character too" grep -Eq ', [0-9]+\.[0-9]{4} a word, [0-9]+\.[0-9]{4} a character$' totals

as_corpus() { # COMMAND ...: the same lines and totals
    "$@" >lines 2>sums && cmp of-corpus lines && cmp totals sums
}
gzip -k valid.source
claim "the two texts give the same" as_corpus score --source valid.source --target valid.target
claim "with one of them compressed" as_corpus score --source valid.source.gz --target valid.target
from_input() { score --source - --target valid.target <valid.source; }
claim "or from standard input" as_corpus from_input
on_ranks() { # N ARGUMENT ...
    ranks "$1" "$CHORUS" score --model run/best.h5 "${@:2}" 2>sums.ranks | tr -d '\r' && cat sums.ranks >&2
}
for n in 2 3 5; do
    claim "the corpus on $n ranks" as_corpus on_ranks $n --corpus corpus-valid
done
claim "the texts on 3 ranks" as_corpus on_ranks 3 --source valid.source --target valid.target
quietly() { "$@" 2>said || { cat said >&2 && return 1; }; }
claim "a closed pipe is no failure" without_reader quietly "$CHORUS" score --model run/best.h5 --corpus corpus-valid

echo >empty
empties() { score --source empty --target empty 2>said | grep -qE '^-[0-9.]+	1$'; }
claim "a pair of empty lines alone is two ends" empties

"$CHORUS" prepare --source valid.source --target valid.target --tokenizer words --min-count 40 --output other >/dev/null
expect_fatal 1 "fatal: corpus 'other': is not like the checkpoint's: source vocabularies differ: 14 and 32 symbols (give its text, --source and --target)" score --corpus other
head -100 valid.target >short.target
expect_fatal 1 "fatal: 'valid.source' has 150 lines, but 'short.target' has 100" score --source valid.source --target short.target
