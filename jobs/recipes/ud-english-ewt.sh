# shellcheck shell=bash disable=SC2034
# UD English EWT: parts of speech. Beside each word stand its lower-cased form, its suffixes of 1 to 4 letters, its
# prefix of 2 and its shape.
needs=(ud-english-ewt)
task=tag
learn=(--tokenizer words --min-count 2 --features 7)
metrics=accuracy
aim="93 % of the tags"

convert() {
    python3 - <<'PYTHON'
import re
from recipe import lines, write

SHAPES = ((r"[^\W\d_]", lambda letter: "X" if letter.isupper() else "x"), (r"\d", lambda _: "d"))

def shape(word):
    for pattern, symbol in SHAPES:
        word = re.sub(pattern, lambda found: symbol(found[0]), word)
    return re.sub(r"(.)\1+", r"\1", word)

def beside(word):
    word = word.replace("|", "\N{BROKEN BAR}")
    lower = word.lower()
    return "|".join([word, lower, *(lower[-size:] for size in (1, 2, 3, 4)), lower[:2], shape(word)])

for part in ("train", "dev", "test"):
    words, tags = lines(f"ud-english-ewt/{part}.words"), lines(f"ud-english-ewt/{part}.upos")
    write(part, ((" ".join(map(beside, line.split())), row) for line, row in zip(words, tags, strict=True)))
PYTHON
}
