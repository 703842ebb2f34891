#!/usr/bin/env bash
# multi30k.sh FOLDER [--interrupted]: from the Multi30k data set (image captions, English and German; FOLDER holds its
# tok/*.lc.norm.tok.{en,de}) to the BLEU of English-to-German translations of test_2016_flickr: lower-cased, tokenised,
# beam 5. Trains on 2 ranks with multi30k.yml, in build/multi30k. With --interrupted the run is stopped twice on its way
# and continued on 1 and on 3 ranks; where an undisturbed run is there too, their last checkpoints must be equal files.
# BLEU needs sacrebleu (a Python package) on the PATH; without it the translations are left to be scored.
set -euo pipefail
folder=${1:?usage: jobs/multi30k.sh FOLDER [--interrupted]}
folder=$(cd "$folder" && pwd)/tok
cd "$(dirname "$0")/.."
name=undisturbed
case "${2:-}" in
"") ;;
--interrupted) name=interrupted ;;
*) echo "usage: jobs/multi30k.sh FOLDER [--interrupted]" >&2 && exit 2 ;;
esac
work=build/multi30k run=build/multi30k/$name output=build/multi30k/$name.de
test=$folder/test_2016_flickr.lc.norm.tok
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export PATH=$PWD/build/release:$PATH

step() { printf '\n== %s\n' "$*"; }

options=(-q --oversubscribe --bind-to none)

train() { # RANKS [exec]
    ${2:-} mpirun "${options[@]}" -np "$1" chorus train --corpus "$work/corpus" --valid "$work/corpus-valid" \
        --output "$run" --config jobs/multi30k.yml --threads 1 --progress lines
}

# train_until UPDATE RANKS: SIGUSR1 to mpirun, which forwards it, once that update is done; status 75 is a stop.
train_until() {
    local status=0 launcher
    train "$2" exec &
    launcher=$!
    until grep -qs "^{\"update\":$1," "$run/metrics.jsonl"; do
        kill -0 "$launcher" || return 1
        sleep 1
    done
    kill -USR1 "$launcher"
    wait "$launcher" || status=$?
    [ "$status" = 75 ]
}

step "packages and build"
jobs/install.sh
mkdir -p "$work"
cmake --preset release >"$work/build.log" || { cat "$work/build.log" && exit 1; }
cmake --build --preset release --target chorus >>"$work/build.log" || { tail -50 "$work/build.log" && exit 1; }

step "corpus"
side() { printf '%s/%s.lc.norm.tok.%s' "$folder" "$1" "$2"; }
chorus prepare --source "$(side train en)" --target "$(side train de)" --output "$work/corpus" --overwrite \
    --joint --sentencepiece bpe --vocabulary 6000
chorus prepare --source "$(side val en)" --target "$(side val de)" --output "$work/corpus-valid" --overwrite \
    --like "$work/corpus"

rm -rf "$run"
SECONDS=0
if [ "$name" = interrupted ]; then
    step "training on 2 ranks, then 1, then 3"
    train_until 1200 2
    train_until 1500 1
    train 3
else
    step "training on 2 ranks"
    train 2
fi
echo "training took $SECONDS s"

step "translating test_2016_flickr"
mpirun "${options[@]}" -np 2 chorus translate --model "$run/best.h5" --input "$test.en" --output "$output"
if command -v sacrebleu >/dev/null; then
    sacrebleu "$test.de" -tok none --force --input "$output" --metrics bleu --score-only --width 2
else
    echo "sacrebleu is not there: sacrebleu $test.de -tok none --force --input $output"
fi
if [ "$name" = interrupted ] && [ -e "$work/undisturbed/last.h5" ]; then
    cmp "$work/undisturbed/last.h5" "$run/last.h5" && echo "the same bits as undisturbed"
fi
