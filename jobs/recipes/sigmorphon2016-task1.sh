# shellcheck shell=bash disable=SC2034
# SIGMORPHON 2016, task 1: lemma and features to the inflected form. The features are symbols before the lemma's
# characters. Lines of dev that stand in train are dropped.
needs=(sigmorphon2016-task1)
rows=(german turkish)
learn=(--tokenizer words --min-count 1)
search=(--beam 1)

row() {
    case $1 in
    german) aim="94 % exact" ;;
    turkish) aim="96 % exact" ;;
    esac
}

convert() { # LANGUAGE
    python3 - "$1" <<'PYTHON'
import sys
from recipe import characters, lines, write

def entries(part):
    return [tuple(line.split("\t")) for line in lines(f"sigmorphon2016-task1/{sys.argv[1]}-task1-{part}")]

def pair(lemma, features, form):
    return f"{features.replace(',', ' ')} {characters(lemma)}", characters(form)

train = entries("train")
seen = set(train)
write("train", (pair(*entry) for entry in train))
write("dev", (pair(*entry) for entry in entries("dev") if entry not in seen))
write("test", (pair(*entry) for entry in entries("test")))
PYTHON
}
