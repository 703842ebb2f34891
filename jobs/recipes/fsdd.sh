# shellcheck shell=bash disable=SC2034
# Spoken digits, log-mel frames: which digit, and the digit spelled, a letter a symbol. Recordings of index 0 to 4 are
# the test part, as the source has it; of 14 the development part.
needs=(fsdd/recordings-idx00-14.tar.gz)
rows=(digit spelled)
format=(--source-format frames)

row() {
    case $1 in
    digit) task=classify metrics=accuracy aim="90 % of the digits" options=(--pooling mean) ;;
    spelled) learn=(--target-tokenizer characters) aim="85 % exact" ;;
    esac
}

convert() { # ROW
    with_packages numpy python_speech_features
    "$packages/bin/python" - "$1" <<'PYTHON'
import sys
import tarfile
from log_mel import log_mel
from recipe import DATA, write_frames

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

parts = {"train": [], "dev": [], "test": []}
with tarfile.open(DATA / "fsdd/recordings-idx00-14.tar.gz") as archive:
    for member in sorted(archive.getmembers(), key=lambda member: member.name):
        if not member.name.endswith(".wav"):
            continue
        digit, _, index = member.name.rpartition("/")[2].removesuffix(".wav").split("_")
        part = "test" if int(index) < 5 else "dev" if int(index) == 14 else "train"
        answer = digit if sys.argv[1] == "digit" else NAMES[int(digit)]
        parts[part].append((log_mel(archive.extractfile(member)), answer))
for part, pairs in parts.items():
    write_frames(part, pairs)
PYTHON
}
