# shellcheck shell=bash disable=SC2034
# RNNLG, restaurants: a dialogue act, as a set of features, to a sentence, delexicalised. Each line of the test
# part counts, as its authors' own program has it; its references are all test sentences of the same act. Slot error:
# (missing + redundant) / slots.
needs=(rnnlg/restaurant)
task=generate
learn=(--tokenizer words --min-count 1)
metrics=bleu
aim="BLEU 70, slot error below 5 %"

convert() {
    python3 - <<'PYTHON'
import json
import re
from collections import Counter, defaultdict
from recipe import DATA, write

KEPT = ("yes", "no", "none", "dont_care", "")  # values that are said in words of their own

def delexicalised(act, sentence):
    """Its features, and the sentence with values of slots replaced by their names: the longest value first."""
    kind, inside = re.fullmatch(r"(\??\w+)\((.*)\)", act).groups()
    features, values, seen = [kind], [], Counter()
    for item in inside.split(";") if inside else []:
        slot, _, value = item.partition("=")
        value = value.strip("'\"")
        if value in KEPT:
            features.append(f"{slot}={value}")
            continue
        seen[slot] += 1
        name = f"SLOT_{slot.upper()}_{seen[slot]}"
        features.append(name)
        values.append((value, name))
    text = f" {sentence} "
    for value, name in sorted(values, key=lambda pair: -len(pair[0])):
        text = text.replace(f" {value} ", f" {name} ")
    return " ".join(sorted(features)), text.strip()

def entries(part):
    text = (DATA / f"rnnlg/restaurant/{part}.json").read_text(encoding="utf-8")
    return [delexicalised(act, sentence) for act, sentence, _ in json.loads(text[text.index("\n[") :])]

write("train", entries("train"))
write("dev", entries("valid"))
test, sentences = entries("test"), defaultdict(list)
for features, sentence in test:
    sentences[features].append(sentence)
write("test", ((features, "\t".join(dict.fromkeys(sentences[features]))) for features, _ in test))
PYTHON
}

score() {
    evaluate
    python3 - <<'PYTHON'
from collections import Counter
from pathlib import Path

acts, outputs = (Path(name).read_text(encoding="utf-8").split("\n")[:-1] for name in ("text/test.source", "test.output"))

def slots(text):
    return Counter(word for word in text.split() if word.startswith("SLOT_"))

pairs = [(slots(act), slots(output)) for act, output in zip(acts, outputs, strict=True)]
wrong = sum(((asked - told) + (told - asked)).total() for asked, told in pairs)
print(f"slot-error {100 * wrong / sum(asked.total() for asked, _ in pairs):.2f} %")
PYTHON
}
