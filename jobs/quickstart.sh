#!/usr/bin/env bash
# quickstart.sh: from nothing to translations: installs packages, builds, makes a small Chinese-to-English corpus
# (grammar.py), trains on 2 ranks and counts how many held-out sentences come out exactly right.
# With --without-attention the model gets no attention, and the two are compared. All it makes is in build/.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONUTF8=1

name=quickstart
case "${1:-}" in
"") ;;
--without-attention) name=quickstart-no-attention ;;
*) echo "usage: jobs/quickstart.sh [--without-attention]" >&2 && exit 2 ;;
esac
work=build/quickstart text=build/quickstart/text run=build/quickstart/$name output=build/quickstart/$name.en

step() { printf '\n== %s\n' "$*"; }

# Two ranks, also as root (containers) and where there is only one core.
on_two_ranks() {
    local options=(-q -np 2) cores
    cores=$(lscpu -p=CORE,SOCKET | grep -v '^#' | sort -u | wc -l)
    if [ "$cores" -lt 2 ] || [ "$(nproc)" -lt 2 ]; then options+=(--oversubscribe --bind-to none); fi
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun "${options[@]}" "$@"
}

step "packages and build"
jobs/install.sh
mkdir -p "$work"
cmake --preset release >"$work/build.log" || { cat "$work/build.log" && exit 1; }
cmake --build --preset release --target chorus >>"$work/build.log" || { tail -50 "$work/build.log" && exit 1; }
PATH=$PWD/build/release:$PATH

step "corpus"
python3 jobs/grammar.py "$text"
chorus prepare --source "$text/train.zh" --target "$text/train.en" --output "$work/corpus" --overwrite \
    --source-tokenizer characters --target-tokenizer words --min-count 1
chorus prepare --source "$text/dev.zh" --target "$text/dev.en" --output "$work/corpus-dev" --overwrite \
    --like "$work/corpus"

step "training on 2 ranks"
progress=lines
if [ -t 1 ]; then progress=live; fi
rm -rf "$run"
on_two_ranks chorus train --corpus "$work/corpus" --valid "$work/corpus-dev" --output "$run" \
    --config "jobs/$name.yml" --progress "$progress"

step "translating held-out sentences"
on_two_ranks chorus translate --model "$run/best.h5" --input "$text/test.zh" --output "$output"
python3 jobs/exact.py "$text" "$output"
chorus inspect "$run/best.h5" | sed -n 's/^ *best validation */best validation: /p'

if [ "$name" = quickstart-no-attention ] && [ -e "$work/quickstart.en" ]; then
    step "with attention and without"
    for model in quickstart quickstart-no-attention; do
        printf '%-25s parameters: ' "$model"
        chorus inspect "$work/$model/best.h5" | sed -n 's/^ *parameters *//p'
    done
    python3 jobs/exact.py "$text" "$work/quickstart.en" "$output"
fi
