# shellcheck shell=bash disable=SC2034
# Tatoeba, English and Chinese, both directions, with attention and with the context as first state only. Chinese is
# split into characters, so that its BLEU counts characters; English into pieces.
needs=(tatoeba-cmn-eng)
rows=(cmn-eng eng-cmn cmn-eng-first eng-cmn-first)

row() {
    aim=reported
    case $1 in
    *-first) options=(--context-use first --context last) ;;
    esac
    case $1 in
    cmn-*) learn=(--source-tokenizer words --target-vocabulary 4000) metrics=bleu-13a ;;
    eng-*) learn=(--target-tokenizer words --source-vocabulary 4000) metrics=bleu ;;
    esac
}

convert() { # ROW
    python3 - "$1" <<'PYTHON'
import sys
from recipe import characters, lines, write

for part in ("train", "dev", "test"):
    entries = (line.split("\t") for line in lines(f"tatoeba-cmn-eng/{part}.tsv"))
    pairs = ((english, characters(chinese)) for english, chinese, _ in entries)
    write(part, (pair[:: -1 if sys.argv[1].startswith("cmn-") else 1] for pair in pairs))
PYTHON
}
