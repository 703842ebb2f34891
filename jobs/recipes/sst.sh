# shellcheck shell=bash disable=SC2034
# The Stanford sentiment treebank, whole sentences, positive or negative.
needs=(sst)
task=classify
learn=(--tokenizer words --min-count 2)
metrics=accuracy
aim="78 % of the labels"

convert() {
    python3 - <<'PYTHON'
from recipe import lines, write

for part in ("train", "dev", "test"):
    entries = (line.split(" ", 1) for line in lines(f"sst/stsa.binary.{part}"))
    write(part, ((text, label) for label, text in entries))
PYTHON
}
