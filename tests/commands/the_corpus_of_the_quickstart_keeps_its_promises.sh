#!/usr/bin/env bash
# The quickstart's corpus keeps its promises, and --check sees when it does not.
. "$(dirname "$0")/lib/claims.sh"
grammar=$CHORUS_SOURCE/jobs/grammar.py

claim "a corpus is made" "$grammar" corpus
claim "it keeps its promises" "$grammar" --check corpus
"$grammar" --sentences 2000 small
claim "the same seed gives the same corpus" bash -c "'$grammar' --sentences 2000 again && diff -r small again"
claim "another seed gives another" bash -c "'$grammar' --seed 2 --sentences 2000 other && ! cmp -s small/test.zh other/test.zh"

broken() { # WHAT FILE SED
    rm -rf broken && cp -r small broken && sed -i "$3" "broken/$2"
    cmp -s "small/$2" "broken/$2" && echo "nothing changed" && return 1
    ! "$grammar" --check broken >seen && grep -q "^WRONG .*$1" seen
}
claim "a wrong translation is seen" broken "one English sentence" train.en '100s/$/ today/'
claim "a wrong plural is seen" broken "English agrees" train.en 's/\bthree books\b/three book/'
claim "a held-out pair in train is seen" bash -c '
    rm -rf broken && cp -r small broken && line=$(head -1 small/test.new-pairs) &&
    for side in zh en; do sed -n "${line}p" small/test.$side >>broken/train.$side; done &&
    ! "$0" --check broken >seen && grep -q "^WRONG .*new pair" seen && grep -q "^WRONG .*none of test" seen' "$grammar"
