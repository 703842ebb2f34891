# shellcheck shell=bash disable=SC2034
# Snips (as split by the slot-gated model): the slots of an utterance, a tag a word; and its intent, a label a line.
# For the slots stand beside each word its suffixes of 2 to 4 letters and its prefix of 3.
needs=(snips)
rows=(slots intent)
learn=(--tokenizer words --min-count 2)

row() {
    case $1 in
    slots) task=tag learn+=(--features 4) metrics=span-f1,accuracy aim="F1 88" options=(--valid-metric span-f1) ;;
    intent) task=classify metrics=accuracy,macro-f1 aim="97 % of the intents" options=(--pooling max) ;;
    esac
}

convert() { # ROW
    python3 - "$1" <<'PYTHON'
import sys
from recipe import lines, write

slots = sys.argv[1] == "slots"
answers = "seq.out" if slots else "label"

def beside(word):
    return "|".join([word, word[-2:], word[-3:], word[-4:], word[:3]]) if slots else word

for part, folder in (("train", "train"), ("dev", "valid"), ("test", "test")):
    sides = (lines(f"snips/{folder}/{side}") for side in ("seq.in", answers))
    write(part, ((" ".join(map(beside, text.split())), " ".join(answer.split())) for text, answer in zip(*sides, strict=True)))
PYTHON
}
