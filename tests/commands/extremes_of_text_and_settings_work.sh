#!/usr/bin/env bash
# Extremes, through the command line: what comes out is looked at, not only that something does.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

prepare() { quiet "$CHORUS" prepare --tokenizer words --min-count 1 "$@"; }
tiny=(--embedding 8 --hidden 8 --threads 1)
updates() { [ "$(tail -1 "$1/metrics.jsonl" | sed 's/{"update":\([0-9]*\).*/\1/')" = "$2" ]; }

# --- one sentence, in one shard, for 8 ranks ---
echo "s1 s2 s3" >one.source
echo "t3 t2 t1" >one.target
claim "one sentence is prepared" prepare --source one.source --target one.target --shards 1 --output one
claim "and learnt by one rank" quiet "$CHORUS" train --corpus one "${tiny[@]}" --lanes 8 --updates 100 --warmup 0 --learning-rate 0.03 --dropout 0 \
    --unknown-dropout 0 --output one-rank
claim "and by 8, seven of which have nothing to do" quiet "$CHORUS_SOURCE/tests/mpirun.sh" 8 "$CHORUS" train --corpus one "${tiny[@]}" --lanes 8 --updates 100 --warmup 0 \
    --learning-rate 0.03 --dropout 0 --unknown-dropout 0 --output eight-ranks
claim "to the same bits" cmp one-rank/last.h5 eight-ranks/last.h5
translation() { "$CHORUS" translate --model one-rank/last.h5 --input one.source 2>/dev/null; }
claim "which it then translates" test "$(translation)" = "t3 t2 t1"

# --- more ranks than sentences ---
printf 's1 s2\ns3\n' >two.source
two() { timeout -k 2 60 "$@" translate --model one-rank/last.h5 --threads 1 --input two.source --output "$out"; }
out=two.alone && claim "two sentences are translated by one rank" two "$CHORUS"
out=two.by5 && claim "and by 5" two "$CHORUS_SOURCE/tests/mpirun.sh" 5 "$CHORUS"
claim "to the same" cmp two.alone two.by5
scored() { timeout -k 2 60 "$@" score --model one-rank/last.h5 --corpus one --threads 1 | tr -d '\r'; }
same_score() { [ -n "$(scored "$CHORUS")" ] && [ "$(scored "$CHORUS")" = "$(scored "$CHORUS_SOURCE/tests/mpirun.sh" 5 "$CHORUS")" ]; }
claim "one sentence is scored by 5 ranks as by one" same_score

# --- a validation corpus of which nothing is left ---
printf '\n' >blank.source && echo t1 >blank.target
claim "a text of which nothing is left is prepared" quiet "$CHORUS" prepare --source blank.source --target blank.target --like one --output none
expect_fatal 1 "fatal: corpus 'none': holds no sentences" quiet "$CHORUS" train --corpus one --valid none "${tiny[@]}" --output with-none

# --- 20,000 tokens ---
awk 'BEGIN { for (i = 0; i < 20000; i++) { printf "s%d ", i % 7 > "long.source"; printf "t%d ", i % 5 > "long.target" } }'
echo >>long.source && echo >>long.target
claim "a sentence of 20,000 tokens is prepared" prepare --source long.source --target long.target --max-length 20000 --shards 1 --output long
long=(--embedding 2 --hidden 2 --context-use first --dropout 0 --threads 1)
claim "and trained on" quiet "$CHORUS" train --corpus long "${long[@]}" --lanes 1 --updates 2 --output on-long
claim "for two updates" updates on-long 2
of_20000() { grep -q '"target_tokens":20001' on-long/metrics.jsonl; }
claim "of all its tokens" of_20000
claim "and translated" bash -c 'timeout -k 2 20 "$0" translate --model on-long/last.h5 --beam 1 --threads 1 --input long.source --output long.output 2>long.summary' "$CHORUS"
to_the_limit() { [ "$(wc -w <long.output)" = 60050 ] && grep -q '; 1 reached the limit' long.summary; }
claim "up to 3 x source + 50 tokens" to_the_limit

# --- a vocabulary of 200,000 ---
awk 'BEGIN { for (i = 0; i < 20000; i++) { for (k = 0; k < 10; k++) printf "w%d ", 10 * i + k; print "" } }' >words.source
awk '{ print "t" NR % 9 }' words.source >words.target
claim "200,000 words are prepared" prepare --source words.source --target words.target --source-vocabulary 200003 --output words
sizes() { "$CHORUS" inspect --json words | grep -q '"vocabulary":200003'; }
claim "each is in the vocabulary" sizes
claim "and trained on" quiet "$CHORUS" train --corpus words --embedding 2 --hidden 2 --threads 1 --lanes 1 --updates 2 --output on-words
claim "for two updates" updates on-words 2
