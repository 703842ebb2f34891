# shellcheck shell=bash disable=SC2034
# CMUdict, letters to phones. Development: 2,670 of the train words, by hash, with all their pronunciations. In the test
# part the pronunciation nearest to the output counts.
needs=(cmudict-g2p/g014b2b.train cmudict-g2p/g014b2b.ref)
learn=(--tokenizer words --min-count 1)
search=(--beam 1)
metrics=exact-match,word-error-rate
aim="75.0 % exact"

convert() {
    python3 - <<'PYTHON'
from recipe import characters, held_out, lines, write

def pairs(name):
    entries = (line.split("\t", 1) for line in lines(f"cmudict-g2p/{name}"))
    return [(characters(word), phones) for word, phones in entries]

train = pairs("g014b2b.train")
dev = held_out((word for word, _ in train), 2670)
write("train", (pair for pair in train if pair[0] not in dev))
write("dev", (pair for pair in train if pair[0] in dev))
write("test", pairs("g014b2b.ref"))
PYTHON
}
