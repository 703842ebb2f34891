"""What the sets of jobs/recipes share when they turn their files into text: reading, splitting by hash, writing.

A set's script runs Python in the folder to write to, with DATA in the environment: the folder of the data sets.
"""

import gzip
import os
from hashlib import sha1
from pathlib import Path
from typing import Iterable

DATA = Path(os.environ.get("DATA", "."))
SPACE = "\N{OPEN BOX}"  # a blank inside a text that is split into characters


def lines(name: str) -> list[str]:
    """Of a file under DATA; NAME or NAME.gz."""
    path = DATA / name
    if not path.exists():
        path = DATA / f"{name}.gz"
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n") for line in file]


def held_out(keys: Iterable[str], count: int) -> set[str]:
    """The count keys whose hashes are the smallest: the same ones on any machine, in any order of the files."""
    return set(sorted(set(keys), key=lambda key: sha1(key.encode()).digest())[:count])


def characters(text: str) -> str:
    return " ".join(text.replace(" ", SPACE))


def write(part: str, pairs: Iterable[tuple[str, ...]], sides: tuple[str, ...] = ("source", "target")) -> None:
    """PART.source and PART.target, a pair a line."""
    files = [open(f"{part}.{side}", "w", encoding="utf-8", newline="\n") for side in sides]
    for pair in pairs:
        for file, text in zip(files, pair, strict=True):
            file.write(f"{text}\n")
    for file in files:
        file.close()


def write_frames(part: str, pairs: Iterable[tuple[Iterable[Iterable[object]], str]]) -> None:
    """PART.source: a frame a line, its values separated by blanks, a blank line between sequences. PART.target: a line a
    sequence."""
    write(part, (("\n".join(" ".join(map(str, frame)) for frame in frames) + "\n", text) for frames, text in pairs))
