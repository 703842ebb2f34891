# shellcheck shell=bash disable=SC2034
# Japanese vowels: which of nine speakers, from sequences of 12 real values. Development: 54 of the 270 train sequences,
# by hash.
needs=(japanese-vowels)
task=classify
format=(--source-format frames)
metrics=accuracy,macro-f1
aim="95 % of the speakers"

convert() {
    python3 - <<'PYTHON'
from recipe import held_out, lines, write_frames

def sequences(part):
    """A line each: dimensions separated by colons, in each the values over time; then the class."""
    for line in lines(f"japanese-vowels/JapaneseVowels_{part}.ts"):
        if line and line[0] not in "#@":
            *dimensions, label = line.split(":")
            yield line, list(zip(*(values.split(",") for values in dimensions), strict=True)), label

train = list(sequences("TRAIN"))
dev = held_out((line for line, _, _ in train), 54)
write_frames("train", ((frames, label) for line, frames, label in train if line not in dev))
write_frames("dev", ((frames, label) for line, frames, label in train if line in dev))
write_frames("test", ((frames, label) for _, frames, label in sequences("TEST")))
PYTHON
}
