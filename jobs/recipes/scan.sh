# shellcheck shell=bash disable=SC2034
# SCAN, the simple split (Lake and Baroni 2018): commands to actions, both words. Development: 1,000 of the train
# commands, by hash.
needs=(scan/simple_split)
rows=(attention first every both)
learn=(--tokenizer words --min-count 1)
search=(--beam 1)

row() {
    case $1 in
    attention) aim="99 % exact" ;;
    *) aim="98 % exact" options=(--context-use "$1" --context last --hidden 256) ;;
    esac
}

convert() {
    python3 - <<'PYTHON'
from recipe import held_out, lines, write

def pairs(part):
    return [line.removeprefix("IN: ").split(" OUT: ") for line in lines(f"scan/simple_split/tasks_{part}_simple.txt")]

train = pairs("train")
dev = held_out((command for command, _ in train), 1000)
write("train", (pair for pair in train if pair[0] not in dev))
write("dev", (pair for pair in train if pair[0] in dev))
write("test", pairs("test"))
PYTHON
}
