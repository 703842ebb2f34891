#!/usr/bin/env bash
# `chorus evaluate`: a metric a line, or JSON; the same bytes for any number of ranks, for a corpus and for its texts; the
# outputs are those of `translate`. `train --valid-metric`: best, patience and plateau by a metric, exactly as by the loss.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 24
learning-rate: 0.02
warmup: 5
dropout: 0
batch-tokens: 60
lanes: 4
valid-interval: 15
updates: 60
YAML
claim "corpora are prepared" make_corpora 400 3
claim "a model is trained by its BLEU" quiet train run 1 1 --valid-metric bleu
all=perplexity,exact-match,word-error-rate,symbol-error-rate,bleu,bleu-13a
evaluate() { "$CHORUS" evaluate --model run/best.h5 --threads 1 "$@"; }
claim "the validation corpus is evaluated" eval 'evaluate --corpus corpus-valid --metric $all --output outputs >of-corpus 2>summary'
number='-?[0-9]+\.[0-9]+'
claim "a metric a line, in the order of their names" eval 'cmp <(tr , "\n" <<<$all) <(cut -d" " -f1 of-corpus)'
claim "each with its number and what it is made of" test "$(grep -Ecx "[a-z0-9-]+ $number( %)? \(.*\)" of-corpus)" = 6
claim "the summary is translate's" grep -Eqx '150 sentences in .*, [0-9]+ tokens/s; [0-9]+ reached the limit of 3 x source \+ 50 tokens' summary
claim "the outputs are translate's" eval '"$CHORUS" translate --model run/best.h5 --threads 1 <valid.source 2>/dev/null | cmp - outputs'

# --- numbers ---
value() { # NAME: its value in JSON
    sed -E "s/.*\"$1\":\{\"value\":([^,]*),.*/\1/" of-corpus.json
}
reported() { # FIELD: of the best validation
    grep '"best":true' run/metrics.jsonl | tail -1 | sed -E "s/.*\"$1\":([^,]*),.*/\1/"
}
claim "in JSON too, of the greedy outputs that training measures" eval 'evaluate --corpus corpus-valid --beam 1 --metric $all --json >of-corpus.json 2>/dev/null'
claim "one object" eval '[ "$(wc -l <of-corpus.json)" = 1 ] && grep -q "^{\"task\":\"translate\",\"sentences\":150,\"perplexity\":{.*}}$" of-corpus.json'
claim "perplexity is in all digits what training reported" test "$(value perplexity)" = "$(reported perplexity)"
claim "so is BLEU, which is of greedy outputs there" test "$(value bleu)" = "$(reported bleu)"
claim "which is a number between" awk -v bleu="$(value bleu)" 'BEGIN { exit !(bleu > 1 && bleu < 100) }'
right=$(paste outputs valid.target | awk -F'\t' '$1 == $2' | wc -l)
claim "exact matches are those that are equal: $right" grep -q "^exact-match .* ($right of 150)$" of-corpus

# --- the same from anywhere ---
same() { # COMMAND ...: the same lines
    "$@" 2>/dev/null | tr -d '\r' >other && cmp of-corpus other
}
claim "the two texts give the same" same evaluate --source valid.source --target valid.target --metric $all
on_ranks() { ranks "$1" "$CHORUS" evaluate --model run/best.h5 --threads 1 --metric $all --output "outputs-$1" "${@:2}"; }
claim "the corpus on 2 ranks" same on_ranks 2 --corpus corpus-valid
claim "the texts on 3 ranks" same on_ranks 3 --source valid.source --target valid.target
claim "with the same outputs" eval 'cmp outputs outputs-2 && cmp outputs outputs-3'
usual() { evaluate --corpus corpus-valid 2>/dev/null | cut -d' ' -f1 | xargs; }
claim "usually some of them" test "$(usual)" = "perplexity exact-match symbol-error-rate bleu"

# --- alternatives ---
paste valid.target outputs >alternatives.target
with_outputs() { evaluate "$@" --metric exact-match,word-error-rate,bleu,perplexity 2>/dev/null; }
claim "with its outputs as alternatives" eval 'with_outputs --source valid.source --target alternatives.target >nearest'
claim "all is right" grep -qx 'exact-match 100.00 % (150 of 150)' nearest
claim "by each metric" eval 'grep -q "^word-error-rate 0.00 %" nearest && grep -q "^bleu 100.00 (100.0/100.0/100.0/100.0; BP 1.000" nearest'
claim "and the loss is of the first alternative" eval 'grep -qFx "$(grep "^perplexity" of-corpus)" nearest'
claim "a corpus of them" quiet "$CHORUS" prepare --source valid.source --target alternatives.target --like corpus --output corpus-alternatives
claim "gives the same" eval 'with_outputs --corpus corpus-alternatives | cmp - nearest'

# --- what is wrong ---
claim "perplexity needs no text" quiet evaluate --corpus corpus --metric perplexity
expect_fatal 1 "fatal: corpus 'corpus': holds no raw target text, which all metrics but perplexity need: prepare it with --like, or give --source and --target" evaluate --corpus corpus
{ head -20 valid.target && printf '\xff\n'; } >invalid.target
head -21 valid.source >short.source
expect_fatal 1 "fatal: 'invalid.target': line 21: is not valid UTF-8" evaluate --source short.source --target invalid.target --output kept
claim "and nothing half-written" eval '! ls kept*'
quietly() { "$@" 2>said || { cat said >&2 && return 1; }; }
claim "a closed pipe is no failure" without_reader quietly evaluate --corpus corpus-valid

# --- training by a metric ---
lines() { grep -Ec "\"bleu\":$number,\"sentences\"" "$1"; }
claim "each validation has it in metrics.jsonl" test "$(lines run/metrics.jsonl)" = 4
best() { # the update with the highest BLEU, the first of equals
    sed -nE 's/.*"update":([0-9]+),.*"bleu":([^,]*),.*/\2 \1/p' run/metrics.jsonl | sort -k1,1gr -k2,2n | awk 'NR == 1 { print $2 }'
}
claim "the best checkpoint is that of the highest" test "$(readlink run/best.h5)" = "$(checkpoint "$(best)")"
claim "inspect says so" eval '"$CHORUS" inspect run | grep -Eq "bleu" && "$CHORUS" inspect run/best.h5 | grep -Eqx "  best validation      bleu [0-9.]+ at update $(best)"'
claim "on 3 ranks to the same bits" eval 'quiet train three 3 1 --valid-metric bleu && same_run run three'
claim "the log names it" eval 'train logged 1 1 --valid-metric bleu --updates 15 | grep -Eq "^validation at update 15: perplexity $number a token, .*; bleu $number \(best so far\)$"'
if [ -n "$CHORUS_HOOKS" ]; then
    stopped() { quiet hooked "apply.batch 2 0 SIGUSR1" stopped 2 --valid-metric bleu; [ $? = 75 ] && points_at stopped 15; }
    claim "a stop while outputs are made leaves the validation due" stopped
    claim "and it is made when the run goes on, to the same bits" eval 'quiet train stopped 1 1 && same_end run stopped'
fi
expect_fatal 2 "fatal: --valid-metric exact-match contradicts the run 'run', which has bleu" train run 1 1 --valid-metric exact-match
claim "a run by perplexity" quiet train plain 1 1 --updates 15
refute "has nothing of it in its checkpoint" grep -aqE 'valid-metric|lowest_loss' plain/last.h5
expect_fatal 2 "fatal: --valid-metric bleu contradicts the run 'plain', which has perplexity" train plain 1 1 --valid-metric bleu
no_text() { "$CHORUS" train --corpus corpus --valid corpus --config settings.yml --threads 1 --output none --valid-metric bleu; }
expect_fatal 2 "fatal: --valid-metric bleu: the corpus of --valid holds no raw target text: prepare it with --like" no_text

# --- targets without an end ---
tagger() {
    "$CHORUS" prepare --task tag --source train.source --target train.target --output tags &&
        "$CHORUS" prepare --source valid.source --target valid.target --like tags --output tags-valid &&
        "$CHORUS" train --corpus tags --valid tags-valid --config settings.yml --threads 1 --updates 15 --output tagger
}
claim "a tagger is trained" quiet tagger
claim "nor has its perplexity ends" eval '"$CHORUS" evaluate --model tagger/best.h5 --threads 1 --corpus tags-valid --metric perplexity --json 2>/dev/null >of-corpus.json &&
    [ "$(value perplexity)" = "$(sed -nE "s/.*\"perplexity\":([^,]*),.*/\1/p" tagger/metrics.jsonl)" ]'
