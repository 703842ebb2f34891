# shellcheck shell=bash disable=SC2034
# Snips (as split by the slot-gated model): the slots of an utterance, a tag a word; and its intent, a label a line.
needs=(snips)
rows=(slots intent)
learn=(--tokenizer words --min-count 2)

row() {
    case $1 in
    slots) task=tag metrics=span-f1,accuracy aim="F1 88" ;;
    intent) task=classify metrics=accuracy,macro-f1 aim="97 % of the intents" options=(--pooling max) ;;
    esac
}

convert() { # ROW
    python3 - "$1" <<'PYTHON'
import sys
from recipe import lines, write

answers = {"slots": "seq.out", "intent": "label"}[sys.argv[1]]
for part, folder in (("train", "train"), ("dev", "valid"), ("test", "test")):
    sides = (lines(f"snips/{folder}/{side}") for side in ("seq.in", answers))
    write(part, ((" ".join(text.split()), " ".join(answer.split())) for text, answer in zip(*sides, strict=True)))
PYTHON
}
