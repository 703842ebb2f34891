#!/usr/bin/env bash
# `chorus prepare` for each task: its corpus is the same bytes on any number of ranks, --like takes over what the first
# was made of, and text that does not fit the task is refused with its file and line, leaving nothing behind.
. "$(dirname "$0")/lib/claims.sh"

prepare() { "$CHORUS" prepare --shards 3 "$@"; }
same_folder() { diff -r "$1" "$2"; }
same_contents() { # CORPUS LIKE SIDE: tokenizer, vocabularies, means
    diff <(h5dump -p -g "/$3" "$1/corpus.h5" | tail -n +2) <(h5dump -p -g "/$3" "$2/corpus.h5" | tail -n +2)
}
nothing_left() { [ ! -e new ] && [ ! -e new.partial ]; }

awk 'BEGIN {
    srand(4)
    for (i = 0; i < 300; i++) {
        n = 1 + int(6 * rand()); words = tags = factors = ""
        for (k = 0; k < n; k++) {
            w = int(20 * rand()); s = k ? " " : ""
            words = words s "w" w; tags = tags s "T" w % 4; factors = factors s "w" w "|s" w % 5 "|" (w % 2 ? "odd" : "even")
            printf "w%d\t%d\tT%d\n", w, k, w % 4 > "conll"
            printf "%.3f %.3f %.3f\n", rand(), 3 * rand(), w > "frames"
        }
        print "" > "conll"; print "" > "frames"
        print words > "words"; print tags > "tags"; print factors > "factors"
        print "label " n % 3 > "labels"; print "what is w" w > "questions"
        printf "%.2f,%.2f,%.2f\n", n, w, rand() > "vectors"
    }
}'

declare -A given=(
    [tag]="--task tag --source words --target tags"
    [columns]="--task tag --source conll --format conll --columns 0,2"
    [features]="--task tag --source factors --features 2 --target tags"
    [frames]="--task tag --source frames --source-format frames --target tags"
    [classify]="--task classify --source words --source-tokenizer words --target labels"
    [two]="--task classify --source words --source questions --tokenizer words --target labels"
    [stacked]="--task classify --source frames --source-format frames --stack 2 --target labels"
    [vectors]="--task classify --source vectors --source-format vectors --target labels"
    [generate]="--task generate --source vectors --source-format vectors --target words --target-tokenizer words"
    [model]="--task language-model --target words --tokenizer characters"
    [values]="--task translate --source words --tokenizer words --target frames --target-format frames"
)
for name in "${!given[@]}"; do
    read -ra options <<<"${given[$name]}"
    claim "$name on one rank" prepare "${options[@]}" --output "of-$name"
    counts=(3)
    case $name in tag | two | generate | model) counts=(2 3) ;; esac
    for ranks in "${counts[@]}"; do
        claim "$name on $ranks ranks" ranks "$ranks" "$CHORUS" prepare --shards 3 "${options[@]}" --output "of-$name-$ranks"
        claim "is the same to the byte" same_folder "of-$name" "of-$name-$ranks"
        rm -rf "of-$name-$ranks"
    done
    like=()
    for ((i = 0; i < ${#options[@]}; i += 2)); do
        case ${options[i]} in --task | --features | --stack | *tokenizer) ;; *) like+=("${options[@]:i:2}") ;; esac
    done
    claim "$name with --like" prepare "${like[@]}" --like "of-$name" --output "of-$name-like"
    side=source
    [ "$name" = model ] && side=target
    claim "takes over what its $side is made of" same_contents "of-$name" "of-$name-like" $side
    claim "and its target" same_contents "of-$name" "of-$name-like" target
done
claim "a vocabulary's size is not that of the tags" prepare --task tag --source words --target tags --vocabulary 20 --output small
claim "columns are the two lines of words and tags" same_folder of-tag of-columns

# --- what does not fit ---
refused() { # FATAL-LINE OPTION ...
    expect_fatal 1 "$1" prepare "${@:2}" --output new
    claim "and leaves nothing under its name" test ! -e new
}
cp tags short.tags && sed -i "7s/\$/ T1 T2/" short.tags
n=$(sed -n 7p words | wc -w)
refused "fatal: 'short.tags': line 7: has $((n + 2)) tags, but its source has $n" --task tag --source words --target short.tags --source-vocabulary 20
claim "nor aside" nothing_left
cp tags odd.tags && sed -i '9s/.*/NEW/' odd.tags && cp words odd.words && sed -i '9s/.*/w1/' odd.words
refused "fatal: 'odd.tags': line 9: 'NEW' was not seen in training" --source odd.words --target odd.tags --like of-tag
cp labels odd.labels && sed -i '3s/.*/label 9/' odd.labels
refused "fatal: 'odd.labels': line 3: 'label 9' was not seen in training" --source words --target odd.labels --like of-classify
cp factors odd.factors && sed -i '5s/|[a-z]*$//' odd.factors
word=$(sed -n 5p odd.factors | grep -o '[^ ]*$') place=$(sed -n 5p odd.factors | wc -w)
refused "fatal: 'odd.factors': line 5: word $place, '$word', has 1 feature, not 2" --task tag --source odd.factors --features 2 --target tags --source-vocabulary 20
awk 'BEGIN { for (i = 0; i < 300; i++) { for (k = 0; k < 70; k++) printf "%d ", k; print "" } }' >wide.vectors
refused "fatal: --stack 1000: so many frames of 70 numbers are over 65536 together" --task classify --source wide.vectors --source-format vectors --stack 1000 --target labels
cp vectors odd.vectors && sed -i '4s/.*/1,2/' odd.vectors
refused "fatal: 'odd.vectors': line 4: has 2 numbers, the first vector has 3" --task classify --source odd.vectors --source-format vectors --target labels
cp vectors text.vectors && sed -i '4s/.*/1,2,x/' text.vectors
refused "fatal: 'text.vectors': line 4: 'x' is no number" --task classify --source text.vectors --source-format vectors --target labels
cut -d, -f1,2 vectors >narrow.vectors
refused "fatal: 'narrow.vectors': line 1: has 2 numbers a frame instead of 3" --source narrow.vectors --source-format vectors --target labels --like of-vectors
head -200 labels >few.labels
refused "fatal: 'vectors' has 300 examples, but 'few.labels' has 200" --task classify --source vectors --source-format vectors --target few.labels
refused "fatal: no second is given, but corpus 'of-two' has one" --source words --target labels --like of-two
refused "fatal: corpus 'of-classify': has no second" --source words --source questions --target labels --like of-classify
claim "nor is anything aside" nothing_left
on_ranks() { ranks 3 "$CHORUS" prepare --task tag --source words --target short.tags --output new; }
refute "on 3 ranks too" on_ranks
claim "nothing is left" nothing_left
