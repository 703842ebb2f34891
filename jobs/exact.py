#!/usr/bin/env python3
"""How many translations are exactly right.

    exact.py FOLDER OUTPUT [OTHER]     FOLDER: test.zh, test.en, test.new-pairs; OTHER: translations to compare with
"""

import sys
from pathlib import Path

LONG = 15  # characters of a source that counts as long
EXAMPLES = 10


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def shares(folder: Path, output: Path) -> list[tuple[str, int, int]]:
    """(which sentences, right, of how many)"""
    sources, references = lines(folder / "test.zh"), lines(folder / "test.en")
    new = {int(number) - 1 for number in lines(folder / "test.new-pairs")}
    outputs = lines(output)
    if len(outputs) != len(references):
        sys.exit(f"'{output}': {len(outputs)} lines for {len(references)} sources")
    right = [reference == line for reference, line in zip(references, outputs)]
    groups = {
        "all": list(range(len(right))),
        "with a pair of words never together in train": sorted(new),
        f"sources of {LONG} characters or more": [i for i, s in enumerate(sources) if len(s) >= LONG],
    }
    return [(name, sum(right[i] for i in group), len(group)) for name, group in groups.items()]


def examples(folder: Path, output: Path) -> None:
    rows = list(zip(lines(folder / "test.zh"), lines(folder / "test.en"), lines(output)))
    for source, reference, translation in rows[:EXAMPLES]:
        print(f"\nsource     {source}\nreference  {reference}\noutput     {translation}")


def main() -> None:
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    folder, outputs = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    if len(outputs) == 1:
        examples(folder, outputs[0])
    width = max(len(output.stem) for output in outputs) + 2
    print(f"\n{'exactly right':<52}" + "".join(f"{output.stem:>{width}}" for output in outputs))
    for group in zip(*(shares(folder, output) for output in outputs)):
        name, _, count = group[0]
        print(f"{name + f' ({count:,})':<52}"
              + "".join(f"{100 * right / count:>{width - 2}.1f} %" for _, right, _ in group))


if __name__ == "__main__":
    main()
