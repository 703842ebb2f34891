# shellcheck shell=bash disable=SC2034
# bAbI, 10,000 questions a task: the story so far and the question as two sources, or joined into one; the answer,
# split at its commas, is a sequence. Development: a tenth of the different train
# stories, by hash, with all their questions.
needs=(babi/train-10k babi/test)
rows=(1 4 5 8 19 20 joined-1 joined-4 joined-5 joined-8 joined-19 joined-20)
learn=(--tokenizer words --min-count 1 --max-length 800)

row() {
    case $1 in
    1 | 4 | 20) aim="97.5 % exact" ;;
    5) aim="97 % exact" ;;
    *) aim=reported ;;
    esac
}

convert() { # ROW
    python3 - "$1" <<'PYTHON'
import re
import sys
from recipe import DATA, held_out, lines, write

joined, task = sys.argv[1].startswith("joined-"), sys.argv[1].removeprefix("joined-")

def words(text):
    return " ".join(re.findall(r"\w+|[.?]", text.lower()))

def stories(folder):
    """Of each story: its text, and its questions: (the story so far, question, answer)."""
    name = next((DATA / "babi" / folder).glob(f"qa{task}_*")).name
    found = []
    for line in lines(f"babi/{folder}/{name}"):
        number, text = line.split(" ", 1)
        if number == "1":
            found.append(([], []))
        told, questions = found[-1]
        if "\t" in text:
            question, answer = text.split("\t")[:2]
            questions.append((" ".join(told), words(question), answer.replace(",", " ")))
        else:
            told.append(words(text))
    return [(" ".join(told), questions) for told, questions in found]

def write_part(part, chosen):
    asked = (question for _, questions in chosen for question in questions)
    if joined:
        write(part, ((f"{story} {question}", answer) for story, question, answer in asked))
    else:
        write(part, asked, ("source", "second", "target"))

train = stories("train-10k")
texts = {text for text, _ in train}
dev = held_out(texts, len(texts) // 10)
write_part("train", [story for story in train if story[0] not in dev])
write_part("dev", [story for story in train if story[0] in dev])
write_part("test", stories("test"))
PYTHON
}
