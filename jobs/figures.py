#!/usr/bin/env python3
"""Figures of translations: an output a line against its references, alternatives of one separated by TAB.

    figures.py METRIC[,METRIC ...] REFERENCES OUTPUT     exact-match, word-error-rate
"""

import sys
from pathlib import Path


def distance(left: list[str], right: list[str]) -> int:
    """Levenshtein's"""
    row = list(range(len(right) + 1))
    for i, symbol in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (symbol != other))
    return row[-1]


def figures(references: list[str], outputs: list[str]) -> dict[str, float]:
    exact = errors = symbols = 0
    for alternatives, output in zip(references, outputs):
        splits = [reference.split() for reference in alternatives.split("\t")]
        errors_here, symbols_here = min((distance(split, output.split()), len(split)) for split in splits)
        exact += errors_here == 0
        errors += errors_here
        symbols += symbols_here
    count = len(references)
    return {"exact-match": exact / count, "word-error-rate": errors / symbols}


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    references, outputs = (Path(name).read_text(encoding="utf-8").split("\n")[:-1] for name in sys.argv[2:])
    if len(references) != len(outputs):
        sys.exit(f"'{sys.argv[3]}': {len(outputs)} lines for {len(references)} references")
    found = figures(references, outputs)
    for name in sys.argv[1].split(","):
        print(f"{name} {100 * found[name]:.2f} %")


if __name__ == "__main__":
    main()
