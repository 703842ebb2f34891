#!/usr/bin/env bash
# `chorus prepare`: the same bytes for any number of ranks, every kind of input, every choice of tokenizer, the summary.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

prepare() { "$CHORUS" prepare "$@"; }
same_folder() { diff -r "$1" "$2"; }

make_text train 3000 1
paste train.source train.target >train.pairs
gzip -k train.source

for tokenizer in words characters sentencepiece; do
    base=(--source train.source --target train.target --tokenizer $tokenizer --shards 4)
    [ $tokenizer = words ] && base+=(--min-count 1 --vocabulary 25)
    [ $tokenizer = characters ] && base+=(--vocabulary 12)
    [ $tokenizer = sentencepiece ] && base+=(--vocabulary 290)
    claim "$tokenizer on one rank" prepare "${base[@]}" --output $tokenizer-1
    for ranks in 2 3 5; do
        claim "$tokenizer on $ranks ranks" ranks $ranks "$CHORUS" prepare "${base[@]}" --output $tokenizer-$ranks
        claim "gives the same bytes" same_folder $tokenizer-1 $tokenizer-$ranks
    done
done
claim "40 shards are more than are open at once" prepare --source train.source --target train.target --tokenizer words --shards 40 --output many
claim "and on 3 ranks the same" ranks 3 "$CHORUS" prepare --source train.source --target train.target --tokenizer words --shards 40 --output many-3
claim "to the byte" same_folder many many-3

words=(--tokenizer words --shards 4 --min-count 1 --vocabulary 25)
claim "from a .gz" prepare --source train.source.gz --target train.target "${words[@]}" --output gz
claim "the same" same_folder words-1 gz
claim "from pairs" prepare --pairs train.pairs "${words[@]}" --output pairs
claim "the same" same_folder words-1 pairs
from_input() { ranks 3 "$CHORUS" prepare --source - --target train.target "${words[@]}" --output input <train.source; }
claim "from standard input, on 3 ranks" from_input
claim "the same" same_folder words-1 input
pairs_from_input() { prepare --pairs - "${words[@]}" --output input-pairs <train.pairs; }
claim "pairs from standard input" pairs_from_input
claim "the same" same_folder words-1 input-pairs
claim "another seed" prepare --source train.source --target train.target "${words[@]}" --seed 2 --output seed-2
refute "deals the lines out otherwise" same_folder words-1 seed-2

claim "each side by itself" prepare --source train.source --target train.target --source-tokenizer characters --target-tokenizer words --output sides
claim "one tokenizer for both" prepare --source train.source --target train.target --joint --tokenizer words --output joint
printf 's1\nt1\n' >symbols
claim "symbols, BPE, a sample" prepare --source train.source --target train.target --symbols symbols --sentencepiece bpe --vocabulary 280 --sample 500 --output bpe

{ sed -n 1,20p train.source; printf 's1 \xff s2\n\n   \n'; yes s1 | head -300 | paste -sd' '; } >odd.source
{ sed -n 1,20p train.target; printf 't1\nt2\nt3\nt4\n'; } >odd.target
prepare --source odd.source --target odd.target --tokenizer words --min-count 1 --output odd >odd.summary
claim "invalid UTF-8 is counted, with its first line" grep -qx "dropped 1: invalid UTF-8, first 'odd.source' line 21" odd.summary
claim "so are empty sides" grep -qx "dropped 2: an empty side, first 'odd.source' line 22" odd.summary
claim "and long ones" grep -qx "dropped 1: longer than --max-length, first 'odd.source' line 24" odd.summary
claim "the rest is kept" grep -qx "kept 20 of 24 sentences, in 8 shards" odd.summary
claim "--like keeps long ones" bash -c '"$0" prepare --source odd.source --target odd.target --like odd --output odd-like | grep -q "kept 21 of 24"' "$CHORUS"
expect_fatal 1 "fatal: 'odd.source': line 21: invalid UTF-8" "$CHORUS" prepare --strict --source odd.source --target odd.target --tokenizer words --vocabulary 20 --output strict
claim "nothing stands under its name, nor aside" test ! -e strict -a ! -e strict.partial
expect_fatal 1 "fatal: 'nowhere.source': No such file or directory" "$CHORUS" prepare --source nowhere.source --target odd.target --output strict
claim "nor where a text cannot be read" test ! -e strict -a ! -e strict.partial
claim "--overwrite replaces" prepare --source train.source --target train.target "${words[@]}" --overwrite --output odd
claim "with the new content" same_folder words-1 odd
