#!/usr/bin/env bash
# recipe.sh SET [DATA [OUTPUT [ROW ...]]]: from the files of a set to a figure on its test part, on 2 ranks. DATA, or
# CHORUS_DATA, is the folder of the data sets; what is made goes into OUTPUT/SET/ROW, or build/recipes/SET/ROW: text,
# corpora, run, output. jobs/recipes/SET.sh says what differs between sets, SET.yml how the set is trained, a ROW is one
# model of the set; without rows all of them. What is there is not made again: called again it continues. Ends with the
# lines of the table in RESULTS.md. With CHORUS in the environment that program is used, and nothing built.
set -euo pipefail
jobs=$(cd "$(dirname "$0")" && pwd)
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 PYTHONUTF8=1 PYTHONPATH=$jobs PYTHONDONTWRITEBYTECODE=1

fail() { echo "fatal: $*" >&2 && exit 2; }
skip() { echo "skipped: $*" >&2 && exit 77; }
step() { printf '\n== %s\n' "$*"; }

sets=$(cd "$jobs/recipes" && echo *.sh)
set=${1:-}
[[ " $sets " == *" $set.sh "* ]] || fail "set '$set': the sets are ${sets//.sh/}"
DATA=${2:-${CHORUS_DATA:-}}
[ -n "$DATA" ] || fail "set '$set': no folder of the data sets is given: jobs/recipe.sh $set DATA"
[ -d "$DATA" ] || fail "set '$set': data '$DATA': no such folder"
DATA=$(cd "$DATA" && pwd)
output=${3:-$jobs/../build/recipes}
mkdir -p "$output"
output=$(cd "$output" && pwd)
export DATA

# What a set may say, and what holds where it says nothing.
needs=()               # files and folders under DATA
rows=(default)         # its models
row() { :; }           # ROW: sets the variables below where they differ by row
convert() { :; }       # ROW: writes {train,dev,test}.{source,target} into the current folder
task=translate
format=()              # options of prepare: how the text of any part is read
learn=()               # and for the training part, which vocabularies come from
config=$set            # NAME.yml: the settings of train
options=()             # and its options beside them
search=()              # options of evaluate: how outputs are searched
metrics=exact-match    # of evaluate, one or more with commas
score() { evaluate; }  # prints the figures, "NAME VALUE" a line
aim=                   # what is to be reached

# shellcheck source=/dev/null
. "$jobs/recipes/$set.sh"

for need in "${needs[@]}"; do
    [ -e "$DATA/$need" ] || fail "set '$set': '$DATA/$need': no such file or folder"
done

chosen=("${@:4}")
[ ${#chosen[@]} -gt 0 ] || chosen=("${rows[@]}")
for one in "${chosen[@]}"; do
    [[ " ${rows[*]} " == *" $one "* ]] || fail "set '$set': row '$one': the rows are ${rows[*]}"
done

if [ -z "${CHORUS:-}" ]; then
    step "packages and build"
    (cd "$jobs/.." && jobs/install.sh && cmake --preset release && cmake --build --preset release --target chorus)
    CHORUS=$jobs/../build/release/chorus
fi

on_two_ranks() { mpirun -q --oversubscribe --bind-to none -np 2 "$CHORUS" "$@" --threads 1; }

# PACKAGE ...: Python packages that a set needs, in an environment of their own: $packages/bin/python.
packages=$output/packages
with_packages() {
    { python3 -m venv "$packages" && "$packages/bin/pip" install --quiet "$@"; } ||
        skip "set '$set': the Python packages $* are not to be had"
}

sides() { # PART: the options that name its text
    local source
    for source in "$1".source "$1".second; do
        [ ! -e "$source" ] || printf '%s\n' --source "$source"
    done
    [ ! -e "$1.target" ] || printf '%s\n' --target "$1.target"
}

corpus() { # PART CORPUS OPTION ...: made aside by prepare itself, so that a corpus that is there is whole
    local part=$1 corpus=$2 named
    shift 2
    [ ! -e "$corpus" ] || return 0
    mapfile -t named < <(sides "text/$part")
    "$CHORUS" prepare "${named[@]}" --output "$corpus" "${format[@]}" "$@"
}

evaluate() { # the metrics of the test part; the outputs, a line each, become test.output
    local named
    mapfile -t named < <(sides text/test)
    on_two_ranks evaluate --model run/best.h5 "${named[@]}" "${format[@]}" --metric "$metrics" "${search[@]}" --output test.output |
        awk '{ print $1, $2 ($3 == "%" ? " %" : "") }'
}

# The row of the table, from what training left behind.
report() { # ROW
    local seconds updates parameters figures
    read -r seconds updates < <(awk -F'"seconds":' '{ seconds += $2 } /"loss":/ { n++ } END { print int(seconds), n }' \
        run/metrics.jsonl)
    parameters=$("$CHORUS" inspect run/best.h5 | sed -n 's/^ *parameters *\([0-9,]*\) .*/\1/p')
    figures=$(paste -sd, figures | sed 's/,/, /g')
    printf '| %s | %s | %s | %s | %d min %02d s | %s | %s |\n' "$set" "$1" "$figures" "$aim" \
        $((seconds / 60)) $((seconds % 60)) "$updates" "$parameters" >line
}

run_row() { # ROW
    mkdir -p "$output/$set/$1"
    cd "$output/$set/$1"
    row "$1"
    step "$set, $1: text and corpora"
    if [ ! -e text ]; then
        rm -rf text.part && mkdir text.part
        (cd text.part && convert "$1")
        mv text.part text
    fi
    [ "$task" = translate ] || learn+=(--task "$task")
    corpus train corpus "${learn[@]}"
    corpus dev corpus-dev --like corpus
    step "$set, $1: training on 2 ranks"
    on_two_ranks train --corpus corpus --valid corpus-dev --output run --config "$jobs/recipes/$config.yml" \
        --progress lines "${options[@]}"
    step "$set, $1: the test part"
    score >figures
    cat figures
    report "$1"
}

for one in "${chosen[@]}"; do
    (run_row "$one")
done
step "| set | model | test | aim | training | updates | parameters |"
for one in "${chosen[@]}"; do
    cat "$output/$set/$one/line"
done
