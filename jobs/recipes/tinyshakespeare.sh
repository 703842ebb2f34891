# shellcheck shell=bash disable=SC2034
# Tiny Shakespeare, characters, one stream: the last 10 % are the test part, the 5 % before them the development part.
needs=(tinyshakespeare/input.txt)
task=language-model
learn=(--stream --tokenizer characters)
aim="1.47 nats a character"

convert() {
    python3 - <<'PYTHON'
from recipe import DATA

text = (DATA / "tinyshakespeare/input.txt").read_text(encoding="utf-8")
places = [text.rindex("\n", 0, len(text) * percent // 100) + 1 for percent in (85, 90)]
for part, begin, end in zip(("train", "dev", "test"), [0, *places], [*places, len(text)]):
    with open(f"{part}.target", "w", encoding="utf-8", newline="\n") as file:
        file.write(text[begin:end])
PYTHON
}

score() { # a running text has no outputs, a line each
    on_two_ranks evaluate --model run/best.h5 --target text/test.target --metric perplexity |
        awk '{ printf "perplexity %s\nnats-a-character %.4f\n", $2, log($2) }'
}
