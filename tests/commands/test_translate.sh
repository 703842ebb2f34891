#!/usr/bin/env bash
# `chorus translate`: a line for each line, in order; the same bytes for any number of ranks and from wherever the text
# comes.
. "$(dirname "$0")/lib.sh"
. "$CHORUS_SOURCE/tests/commands/text.sh"
. "$CHORUS_SOURCE/tests/commands/run.sh"

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
    echo s1 | "$CHORUS" translate --model fresh/last.h5 >text && echo s1 | "$CHORUS" translate --model fresh/last.h5 --keep-tokens >tokens &&
        grep -q '^[^ ]\( [^ ]\)*$' tokens && cmp <(tr -d ' ' <tokens) text
}
claim "--keep-tokens leaves the tokens" tokens

mkdir folder
expect_fatal 1 "fatal: checkpoint 'none.h5': No such file or directory" "$CHORUS" translate --model none.h5
expect_fatal 1 "fatal: checkpoint 'input': is not a Chorus file" "$CHORUS" translate --model input
expect_fatal 1 "fatal: 'none': No such file or directory" translate --input none
expect_fatal 1 "fatal: 'folder': is a directory" translate --input folder
expect_fatal 1 "fatal: 'folder': Is a directory" translate --output folder
printf 's1\ns2\ns\xff3\n' >invalid
expect_fatal 1 "fatal: 'invalid': line 3: invalid UTF-8" translate --input invalid
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'invalid': line 3: invalid UTF-8" ranks 3 "$CHORUS" translate --model run/last.h5 --input invalid
head -c 100 input.gz >short.gz
expect_fatal 1 "fatal: 'short.gz': line 183: unexpected end of gzip data" translate --input short.gz
no_room() { ! translate --input input >/dev/full 2>error && grep -q '^fatal: .*: No space left on device$' error; }
[ -c /dev/full ] && claim "output that cannot be written is a failure" no_room
