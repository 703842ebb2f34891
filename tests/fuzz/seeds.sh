#!/usr/bin/env bash
# seeds.sh: first inputs for the targets, made by chorus itself from a small text, into corpus/NAME/seed-*. Needs CHORUS
# (the program), h5dump and h5import.
set -eu
corpus=$(cd "$(dirname "$0")" && pwd)/corpus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '%s\n' "the cat  sat on the mat" "a dog ran" "" "big red mat" "the dog sat" "café 猫 sat" "a cat ran" >source
tac source >target
printf 'cat\n<x>\n' >symbols

prepare() { "$CHORUS" prepare --source source --target target --shards 1 --output "$@" >/dev/null 2>&1; }
prepare words --tokenizer words
prepare words-text --like words
prepare characters --tokenizer characters --symbols symbols
prepare pieces --tokenizer sentencepiece --vocabulary 280
"$CHORUS" train --corpus words --output run --updates 1 --embedding 1 --hidden 1 --layers 1 --lanes 1 --threads 1 \
    --attention-hidden 1 --readout 1 --encoder-hidden 1 >/dev/null 2>&1

seed() { # TARGET NAME: standard input
    mkdir -p "$corpus/$1"
    cat >"$corpus/$1/seed-$2"
}
behind() { tail -c +513 "$1"; } # what stands behind the user block
little() { # NUMBER ...: two bytes each
    for number in "$@"; do
        printf '%b' "\\x$(printf %02x $((number & 255)))\\x$(printf %02x $((number >> 8)))"
    done
}
row() { # CORPUS TEXT: of its table, as fuzz_shard.c reads it
    local sentences tokens
    sentences=$(h5dump -y -d /shards/sentences "$1/corpus.h5" | grep -oP '^\s+\K\d+' | head -1)
    tokens=$(h5dump -y -d /shards/tokens "$1/corpus.h5" | grep -oP '^\s+\K\d+, \d+' | tr -d ,)
    # shellcheck disable=SC2086 # two numbers
    printf '%b' "\\x0$2" && little "$sentences" $tokens
}

seed lines text <source
paste source target | seed lines pairs
gzip -nc source | seed lines gzip
gzip -nc source | tail -c +11 | seed gzip one
(gzip -nc source && gzip -nc target) | tail -c +11 | seed gzip two
seed settings run <run/settings.yml
printf 'hidden: 12\nbatch-tokens: "a\\n\\u2028b"\nseed: !!int 7\n' | seed settings config
printf 'seed: 1\nlearning-rate: 1e-3\ninput-feeding: on\nunknown: x\nseed: 2\n' | seed settings faults
printf '\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0%s' -12 | seed numbers integer
printf '\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0%s' 1.5e-7 | seed numbers real
printf '\1\5\5\3\4\1\2\0\4%s\0%s' '<unk><s></s>abc' 'a bc' | seed vocabulary words
printf '\0\5\5\3\4\1\2\3bc\n\4%s\0%s' '<unk><s></s>abc' 'abcé' | seed vocabulary characters
h5dump -d /source/tokenizer -b LE -o model pieces/corpus.h5 >/dev/null && seed sentencepiece unigram <model
for name in words characters; do behind $name/corpus.h5 | seed corpus $name; done
seed corpus whole <words/corpus.h5
(row words 0 && behind words/shard-00000.h5) | seed shard words
(row words-text 1 && behind words-text/shard-00000.h5) | seed shard text
(row words 0 && cat words/shard-00000.h5) | seed shard whole
behind run/update-00000001.h5 | seed checkpoint run
printf '\2\3\3\4\5\6\3\0\1\2\2\2\3\4\3\0\1\1\2\1\3\0' | seed lengths two
printf '\2\3\3\4\5\6\3\0\1\2\2\2\3\4\3\0\1\1\2\1\3\1\3\0\1\2abc' | seed lengths text
printf '\2\3\3\4\5\6\3\0\1\2\2\2\3\4\3\0\1\1\2\1\3\2' | seed lengths out-of-step
printf '\2\3\3\4\5\6\3\0\1\2\2\2\3\4\3\0\1\1\2\1\3\4' | seed lengths labels
(printf '\1\0\0' && little 7 0 0 0 24 0 0 0 24 0 0 0 && printf '\0' && little 1 0 0 0 2 0 0 0 2 0 0 0) | seed table two
seq -s ' ' 400 | seed plan many
printf '\2\5\5\3\4\1\2\0\4%s\0%s' '<unk><s></s>abc' ' a' | seed vocabulary lines
printf '\0%b' '1 2,-3e-2\n.5 0.1 4\n\n16777217 1e-45 0\n' | seed vectors frames
printf '\1%b' '1 2\n3 4\n' | seed vectors lines
printf '\1\3%b' '# text\n1-2\tdu\t_\t_\n1\tde\tx\tP\n2\tle\tx\tD\n\n#\n1\tcon ch\tx\tN\n' | seed columns conllu
printf '\0\1%b' '-DOCSTART- O\n\nU.N. B\n# I\n\t\n1-2 O\n' | seed columns spaces
printf '\2the|D|a cat|N|b ||||c|d' | seed factors two
printf '1 2 3\n4 5 6\n7 8 9.5\n' >values && echo 0 2 3 >offsets
for bits in 32 64; do
    h5import values -d 3,3 -p values -t TEXTFP -s $bits offsets -d 3 -p offsets -t TEXTIN -s 64 -o vectors.h5 >/dev/null
    seed vectors_hdf5 float$bits <vectors.h5 && rm vectors.h5
done
