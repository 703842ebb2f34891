# shellcheck shell=bash disable=SC2034
# Handwritten digits, 8 x 8 (those of scikit-learn): all 64 values as one vector, or row by row. By hash of the pixels a
# fifth is test, a tenth of the rest development part.
rows=(vector rows)
task=classify
metrics=accuracy,macro-f1
aim="97 % of the digits"

row() {
    case $1 in
    vector) format=(--source-format vectors) options=(--embedding 256 --input-layer tanh --dropout 0.3) ;;
    rows) format=(--source-format frames) ;;
    esac
}

convert() { # ROW
    with_packages scikit-learn
    "$packages/bin/python" - "$1" <<'PYTHON'
import sys
from sklearn.datasets import load_digits
from recipe import held_out, write, write_frames

digits = load_digits()
entries = [(" ".join(f"{value:g}" for value in pixels), str(label)) for pixels, label in zip(digits.data, digits.target)]
images = {pixels for pixels, _ in entries}
test = held_out(images, len(images) // 5)
dev = held_out(images - test, len(images - test) // 10)

def rows(pixels):
    values = pixels.split()
    return [values[start : start + 8] for start in range(0, 64, 8)]

for part, wanted in (("train", images - test - dev), ("dev", dev), ("test", test)):
    chosen = [entry for entry in entries if entry[0] in wanted]
    if sys.argv[1] == "vector":
        write(part, chosen)
    else:
        write_frames(part, ((rows(pixels), label) for pixels, label in chosen))
PYTHON
}
