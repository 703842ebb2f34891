#!/usr/bin/env bash
# `chorus translate`: a line for each line, in order; the same bytes for any number of ranks and from wherever the text
# comes.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

# Pairs of one word each, so that the order shows: s7 becomes t7.
awk 'BEGIN { for (i = 0; i < 400; i++) print "s" i % 20 }' >train.source
tr s t <train.source >train.target
cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
dropout: 0
learning-rate: 0.02
warmup: 5
batch-tokens: 40
lanes: 2
epochs: 12
YAML
prepare_words() { "$CHORUS" prepare --source train.source --target train.target --tokenizer words --shards 3 --output corpus; }
claim "a corpus is prepared" prepare_words
claim "a model is trained" "$CHORUS" train --corpus corpus --config settings.yml --threads 1 --output run

# More lines than are read at a time, some of them empty, or blank.
awk 'BEGIN { for (i = 0; i < 5000; i++) print i % 50 == 7 ? "" : i % 50 == 8 ? "  " : "s" i * 7 % 20 }' >input
tr s t <input | sed 's/^ *$//' >wanted
translate() { "$CHORUS" translate --model run/last.h5 --threads 1 "$@"; }
claim "5,000 lines are translated" bash -c '"$0" translate --model run/last.h5 --threads 2 <input >output 2>summary' "$CHORUS"
claim "each in its place, and an empty one is an empty one" cmp wanted output
claim "the summary counts them" grep -Eqx '5,000 sentences in .*, [0-9]+ tokens/s; 0 reached the limit of 3 x source \+ 50 tokens' summary

gzip -k input
same() { # COMMAND ...: the same output
    "$@" >other && cmp output other
}
from_pipe() { cat <input | translate; }
claim "from a pipe the same" same from_pipe
claim "from a file" same translate --input input
claim "from a compressed one" same translate --input input.gz
to_file() { translate --input input --output file && cat file; }
claim "into a file" same to_file
on_ranks() { ranks "$1" "$CHORUS" translate --model run/last.h5 --output file <input && cat file; }
for n in 1 2 3 5; do
    claim "on $n ranks" same on_ranks $n
done
# Under mpirun standard output is a terminal's, which writes \r\n.
to_output() { ranks 3 "$CHORUS" translate --model run/last.h5 --input input | tr -d '\r'; }
claim "on 3 ranks to standard output" same to_output
quietly() { "$@" 2>said || { cat said >&2 && return 1; }; }
claim "a closed pipe is no failure" without_reader quietly "$CHORUS" translate --model run/last.h5 --input input
no_end() { [ "$(printf 's3\ns4' | translate)" = "$(printf 't3\nt4')" ]; }
claim "a last line needs no end" no_end
nothing() { [ "$(translate </dev/null | wc -c)" = 0 ]; }
claim "of nothing comes nothing" nothing

# Text and tokens differ where tokens are pieces: a model that has learnt nothing will do, and never ends by itself.
claim "a corpus in characters" "$CHORUS" prepare --source train.source --target train.target --tokenizer characters --output characters
claim "a model that knows nothing" "$CHORUS" train --corpus characters --config settings.yml --threads 1 --updates 1 --learning-rate 1e-9 --output fresh
tokens() {
    echo s1 | "$CHORUS" translate --beam 1 --model fresh/last.h5 >text && echo s1 | "$CHORUS" translate --beam 1 --model fresh/last.h5 --keep-tokens >tokens &&
        grep -q '^[^ ]\( [^ ]\)*$' tokens && cmp <(tr -d ' ' <tokens) text
}
claim "--keep-tokens leaves the tokens" tokens

# --- n-best lists ---
best() { "$CHORUS" translate --model "$1" --threads 1 --n-best 3 "${@:2}" 2>/dev/null; }
best run/last.h5 <input >best
form='^[0-9]+ \|\|\| [^|]* \|\|\| logprob= -?[0-9]+\.[0-9]{6} \|\|\| -?[0-9]+\.[0-9]{6}$'
refute "a line of an n-best list is number, text, log-probability and score" grep -Evq "$form" best
claim "three of each sentence, one of an empty line" eval "awk -F ' [|][|][|] ' '{ print \$1 }' best |
    cmp - <(awk '{ for (i = 0; i < (/s/ ? 3 : 1); i++) print NR - 1 }' input)"
claim "the first of each is the translation" eval "awk -F ' [|][|][|] ' 'NR == 1 || \$1 != last { print \$2 } { last = \$1 }' best | cmp - output"
claim "the best first" eval "awk -F ' [|][|][|] ' '\$1 == last && \$4 > score { exit 1 } { last = \$1; score = \$4 }' best"
claim "no text twice" eval '[ -z "$(cut -d "|" -f 1-4 best | sort | uniq -d)" ]'
for n in 2 3; do
    claim "on $n ranks the same" eval 'ranks $n "$CHORUS" translate --model run/last.h5 --threads 1 --n-best 3 --input input --output file && cmp best file'
done
scored() { # what some hypotheses have as log-probability is what score gives them
    head -60 input | grep s >some && best run/last.h5 --length-normalisation wu <some | grep '[|] t' >lists &&
        awk -F ' [|][|][|] ' '{ print $2 }' lists >some.target && awk -F ' [|][|][|] ' 'NR == FNR { s[NR - 1] = $0; next } { print s[$1] }' some lists >some.source &&
        [ "$(wc -l <some.source)" -gt 90 ] &&
        "$CHORUS" score --model run/last.h5 --threads 1 --source some.source --target some.target 2>/dev/null >scores &&
        paste <(sed 's/.*logprob= \([^ ]*\) .*/\1/' lists) <(cut -f 1 scores) | awk '{ d = $1 - $2 } d > 1e-4 || d < -1e-4 { exit 1 }'
}
claim "its log-probability is that of score" scored
long() { best fresh/last.h5 "$@" < <(head -3 input) | wc -l; }
claim "a beam of 300, which is a batch for itself" test "$(long --beam 300)" = 9
claim "tokens in a list" eval 'best fresh/last.h5 --keep-tokens < <(echo s1) | grep -Eq "^0 [|][|][|] ([^ ] )*[|][|][|] "'

mkdir folder
expect_fatal 1 "fatal: checkpoint 'none.h5': No such file or directory" "$CHORUS" translate --model none.h5
expect_fatal 1 "fatal: checkpoint 'input': is not a Chorus file" "$CHORUS" translate --model input
expect_fatal 1 "fatal: 'none': No such file or directory" translate --input none
expect_fatal 1 "fatal: 'folder': is a directory" translate --input folder
expect_fatal 1 "fatal: 'folder': Is a directory" translate --output folder
printf 's1\ns2\ns\xff3\n' >invalid
expect_fatal 1 "fatal: 'invalid': line 3: is not valid UTF-8" translate --input invalid
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'invalid': line 3: is not valid UTF-8" ranks 3 "$CHORUS" translate --model run/last.h5 --input invalid
head -c 100 input.gz >short.gz
expect_fatal 1 "fatal: 'short.gz': line 183: unexpected end of gzip data" translate --input short.gz
no_room() { ! translate --input input >/dev/full 2>error && grep -q '^fatal: .*: No space left on device$' error; }
[ -c /dev/full ] && claim "output that cannot be written is a failure" no_room
