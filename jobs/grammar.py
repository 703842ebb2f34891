#!/usr/bin/env python3
"""The quickstart's corpus: Chinese to English, from the grammar in chinese_english.py.

    grammar.py FOLDER [--seed N] [--sentences N]   writes train, dev and test (.zh, .en) and test.new-pairs
    grammar.py --check FOLDER                      verifies what the corpus promises: see check()
    grammar.py --count                             how many different sentences the grammar has

test.new-pairs holds the numbers of the lines of test with a pair of words (verb and object, adjective and noun)
that never stand in one sentence of train or dev.
"""

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from itertools import combinations, product
from pathlib import Path

from chinese_english import (DRINK, EAT, GO, GRAMMAR, LONGEST, LOVE, Adjective, Noun, Verb, count, sample,
                             translations)

SHORTEST = 3  # characters of a source
WORDS = 300  # distinct words a side, at most
DEV, TEST, NEW = 1000, 1200, 300  # sentences; those of test with a new pair
PAIRS, PAIRS_OF_WORD = 60, 3  # pairs kept out of train; at most so many with the same word
FIRST = ("我爱中国", "i love china")  # the first sentence of test

Pair = tuple[str, str]  # of a source and its target
Corpus = dict[str, list[Pair]]


def meanings(*symbols: str) -> list:
    return [rule.build() for symbol in symbols for rule in GRAMMAR[symbol] if not set(rule.parts) & set(GRAMMAR)]


def nouns(kind: str) -> list[Noun]:
    found = meanings(*(s for s in GRAMMAR if s.startswith(kind + "_")))
    return [meaning for meaning in found if isinstance(meaning, Noun)]


# Which word a form belongs to: content words only.
VERBS = meanings("ON_THING", "ON_PERSON", "WISH", "FEELING", "LEARN", "CARE", "SAY") + [LOVE, GO, DRINK, EAT]
ADJECTIVES = meanings("THING_ADJECTIVE", "COLOUR", "PERSON_ADJECTIVE")
NOUNS = nouns("PERSON") + nouns("THING")
NAMES = meanings("TOPIC", "TOWN", "BUILDING", "FOOD_杯", "FOOD_碗")
CONTENT: dict[str, str] = {form: v.base for v in VERBS for form in (v.base, v.third, v.past)}
CONTENT |= {form: a.plain for a in ADJECTIVES for form in (a.plain, a.more)}
CONTENT |= {form: n.one for n in NOUNS for form in (n.one, n.many)}
CONTENT |= {word: name for name in NAMES for word in name.split()}
NUMBERS = meanings("SEVERAL")
POINTERS = "a an this that these those".split() + meanings("OWNER") + NUMBERS


def content(target: str) -> set[str]:
    return {CONTENT[word] for word in target.split() if word in CONTENT}


def direct_pairs(target: str) -> set[Pair]:
    """(verb, noun) with the noun as its object, (adjective, noun) with the adjective before it."""
    kinds = {"verb": {v.base for v in VERBS}, "adjective": {a.plain for a in ADJECTIVES}}
    words, found = target.replace("waits for", "waits").replace("wait for", "wait").split(), set()
    for at, noun in enumerate(words):
        if CONTENT.get(noun) not in {n.one for n in NOUNS}:
            continue
        before = at - 1
        if before >= 0 and CONTENT.get(words[before]) in kinds["adjective"]:
            found.add((CONTENT[words[before]], CONTENT[noun]))
            before -= 1
        while before >= 0 and words[before] in POINTERS:
            before -= 1
        if before >= 0 and CONTENT.get(words[before]) in kinds["verb"]:
            found.add((CONTENT[words[before]], CONTENT[noun]))
    return found


def choose_pairs(rng: random.Random) -> set[Pair]:
    possible: list[Pair] = []
    for kind, verbs, adjectives in (("THING", "ON_THING", ("THING_ADJECTIVE", "COLOUR")),
                                    ("PERSON", "ON_PERSON", ("PERSON_ADJECTIVE",))):
        heads = [v.base for v in meanings(verbs)] + [a.plain for a in meanings(*adjectives)]
        possible += product(heads, [n.one for n in nouns(kind)])
    rng.shuffle(possible)
    uses: Counter[str] = Counter()
    chosen: set[Pair] = set()
    for pair in possible:
        if len(chosen) < PAIRS and max(uses[word] for word in pair) < PAIRS_OF_WORD:
            chosen.add(pair)
            uses.update(pair)
    return chosen


def make(seed: int, sentences: int) -> tuple[Corpus, list[int]]:
    rng = random.Random(seed)
    kept_out = choose_pairs(rng)
    seen, plain, new = {FIRST[0]}, [], []
    while len(plain) < sentences + DEV + TEST - NEW - 1 or len(new) < NEW:
        source, target = sample("SENTENCE", rng)
        if source in seen or not SHORTEST <= len(source) <= LONGEST:
            continue
        seen.add(source)
        words = content(target)
        if not any(a in words and b in words for a, b in kept_out):
            plain.append((source, target))
        elif direct_pairs(target) & kept_out and len(new) < NEW:
            new.append((source, target))
    test = plain[:TEST - NEW - 1] + new
    rng.shuffle(test)
    test.insert(0, FIRST)
    rest = plain[TEST - NEW - 1:]
    numbers = [number for number, pair in enumerate(test, 1) if pair in set(new)]
    return {"train": rest[DEV:DEV + sentences], "dev": rest[:DEV], "test": test}, numbers


def write(folder: Path, corpus: Corpus, new: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part, pairs in corpus.items():
        for side, suffix in enumerate(("zh", "en")):
            (folder / f"{part}.{suffix}").write_text("".join(p[side] + "\n" for p in pairs), encoding="utf-8")
    (folder / "test.new-pairs").write_text("".join(f"{n}\n" for n in new))


def read(folder: Path) -> tuple[Corpus, list[int]]:
    def lines(name: str) -> list[str]:
        return (folder / name).read_text(encoding="utf-8").splitlines()
    corpus = {part: list(zip(lines(part + ".zh"), lines(part + ".en"), strict=True))
              for part in ("train", "dev", "test")}
    return corpus, [int(n) for n in lines("test.new-pairs")]


# Checks. They look at the texts, not at how they were made.

def any_of(words: list[str]) -> str:
    return "(?:" + "|".join(words) + ")"


TRAIT = any_of([a.plain for a in ADJECTIVES])
WRONG_ENGLISH = {name: re.compile(pattern) for name, pattern in {
    "singular after several": rf"\b{any_of(NUMBERS + ['these', 'those', 'how many'])} (?:{TRAIT} )?"
                              rf"{any_of([n.one for n in NOUNS])}\b",
    "plural after one": rf"\b(?:a|an|this) (?:{TRAIT} )?{any_of([n.many for n in NOUNS])}\b",
    "article": r"\ba (?!use)[aeiou]|\ban (?:[^aeiou]|use)",
    "no -s in the third person": rf"^(?:he|she) {any_of([v.base for v in VERBS])}\b",
    "-s in another person": rf"\b(?:i|you|we|they) (?:is|does|{any_of([v.third for v in VERBS])})\b",
    "be": r"\bi are\b|\b(?:he|she|you|we|they) am\b|\b(?:he|she) are\b|\b(?:you|we|they) is\b",
    "form after a helper": rf"\b(?:do|does|did|will)(?: not| i| you| he| she| we| they) "
                           rf"{any_of([f for v in VERBS for f in (v.third, v.past) if f != v.base])}\b",
    "helper of the person": r"\bdo (?:he|she|this|that)\b|\bdoes (?:i|you|we|they|these|those)\b",
    "tense": rf"^(?!.*(?:that|who|but|because))(?:(?:.*\b{any_of([v.third for v in VERBS])}\b|.*\bwill\b)"
             r".*(?:yesterday|last)|.*\bdid\b.*(?:tomorrow|next|every|on weekends))",
}.items()}


def nearest(corpus: Corpus) -> int:
    """How many of test the target of the most similar source in train (shared pairs of characters) gets right."""
    def bigrams(source: str) -> set[str]:
        return {a + b for a, b in zip("^" + source, source + "$")}
    holders: dict[str, list[int]] = defaultdict(list)
    train = [bigrams(source) for source, _ in corpus["train"]]
    for index, grams in enumerate(train):
        for gram in grams:
            holders[gram].append(index)
    right = 0
    for source, target in corpus["test"]:
        grams = bigrams(source)
        shared = Counter(index for gram in grams for index in holders[gram])
        best = max(shared, key=lambda i: (shared[i] / (len(grams) + len(train[i]) - shared[i]), -i))
        right += corpus["train"][best][1] == target
    return right


def check(corpus: Corpus, new: list[int]) -> list[tuple[bool, str]]:
    """Each promise: does it hold, and what was found."""
    train, dev, test = corpus["train"], corpus["dev"], corpus["test"]
    everything = train + dev + test
    sources = Counter(source for source, _ in everything)
    lengths = [len(source) for source in sources]
    english = Counter(word for _, target in train for word in target.split())
    characters = Counter("".join(source for source, _ in train))
    lexicon = {part for rules in GRAMMAR.values() for r in rules for part in r.parts if part not in GRAMMAR}
    used = {word for _, target in everything for word in target.split()}
    used_characters = set("".join(sources))
    rarest = min(min(english[word] for word in used), min(characters[c] for c in used_characters))
    stand_together = {pair for _, target in train + dev for pair in combinations(sorted(content(target)), 2)}
    really_new = [n for n in new
                  if any(tuple(sorted(p)) not in stand_together for p in direct_pairs(test[n - 1][1]))]
    wrong = [f"{name}: {target}" for _, target in everything
             for name, pattern in WRONG_ENGLISH.items() if pattern.search(target)]
    doubtful = [source for source, target in everything if translations(source) != [target]]
    trained = {source for source, _ in train + dev}
    look_up = nearest(corpus)
    total = sum(count("SENTENCE")[SHORTEST:])
    return [
        (min(lengths) >= SHORTEST and max(lengths) <= LONGEST and not any(re.search(r"[\s!-~]", s) for s in sources),
         f"sources of {min(lengths)} to {max(lengths)} characters, no spaces"),
        (max(len(lexicon), len(used), len(used_characters)) <= WORDS,
         f"{len(lexicon)} Chinese words of {len(used_characters)} characters, {len(used)} English words"),
        (max(sources.values()) == 1 and not doubtful,
         f"one English sentence for each Chinese one, {len(doubtful)} exceptions {doubtful[:3]}"),
        (not wrong, f"English agrees, {len(wrong)} exceptions {wrong[:3]}"),
        (total >= 10**7, f"{total:,} sentences of {SHORTEST} to {LONGEST} characters in the grammar"),
        (len(test) >= 1000 and not any(source in trained for source, _ in test),
         f"{len(train):,} train, {len(dev):,} dev, {len(test):,} test, none of test in train or dev"),
        (len(new) * 4 >= len(test) and len(really_new) == len(new),
         f"{len(new)} of test with a new pair, {len(new) - len(really_new)} of them wrongly"),
        (rarest >= 10, f"every word and character at least {rarest} times in train"),
        (look_up < 0.05 * len(test), f"nearest neighbour in train: {100 * look_up / len(test):.1f} % of test"),
        (FIRST in test and "机器学习" in characters_of(train), f"{FIRST[0]} and 机器学习 occur"),
    ]


def characters_of(pairs: list[Pair]) -> str:
    return "\n".join(source for source, _ in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentences", type=int, default=30000, help="of train")
    options = parser.parse_args()
    if options.count:
        print(sum(count("SENTENCE")[SHORTEST:]))
    if not options.folder:
        return 0 if options.count else parser.error("a folder is needed")
    if not options.check:
        write(options.folder, *make(options.seed, options.sentences))
        return 0
    results = check(*read(options.folder))
    for holds, found in results:
        print("ok    " if holds else "WRONG ", found)
    return 0 if all(holds for holds, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
