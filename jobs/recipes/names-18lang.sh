# shellcheck shell=bash disable=SC2034
# Surnames of 18 languages, characters to language. By hash of the name a tenth each is development and test part, so
# that a name that stands under several languages is in one part only.
needs=(names-18lang)
task=classify
learn=(--tokenizer words --min-count 1)
metrics=accuracy,macro-f1
aim=reported

convert() {
    python3 - <<'PYTHON'
from recipe import DATA, characters, held_out, lines, write

entries = [(name, path.stem) for path in sorted((DATA / "names-18lang").glob("*.txt"))
           for name in lines(f"names-18lang/{path.name}") if name.strip()]
names = {name for name, _ in entries}
test = held_out(names, len(names) // 10)
dev = held_out(names - test, len(names) // 10)
write("train", ((characters(name), language) for name, language in entries if name not in test | dev))
write("dev", ((characters(name), language) for name, language in entries if name in dev))
write("test", ((characters(name), language) for name, language in entries if name in test))
PYTHON
}
