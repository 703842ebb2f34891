#!/usr/bin/env bash
# run.sh SECONDS [NAME ...]: builds the preset `fuzz` (clang-14) and runs each target, or those named, for so long, two at
# a time, on from the inputs in corpus/ and those of earlier runs (build/fuzz/inputs). At a finding: status 1 and the
# input's path; what is mended, keep as corpus/NAME/found-WHAT.
set -eu
[ $# -gt 0 ] || { echo "usage: run.sh SECONDS [NAME ...]" && exit 2; }
seconds=$1
shift
cd "$(dirname "$0")/../.."
build=$PWD/build/fuzz
[ $# -gt 0 ] || mapfile -t names < <(basename -a -s .c tests/fuzz/fuzz_*.c | sed s/^fuzz_//)
[ $# -eq 0 ] || names=("$@")
mkdir -p "$build"
cmake --preset fuzz >"$build/log" 2>&1 || { cat "$build/log" && exit 1; }
cmake --build --preset fuzz --target "${names[@]/#/fuzz_}" >"$build/log" 2>&1 ||
    { grep -E "error:|FAILED|unknown target" -A5 "$build/log" && exit 1; }

export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0
fuzz() { # NAME
    local log=$build/$1.log found=$build/found/$1
    mkdir -p "$build/inputs/$1" "$found"
    "$build/tests/fuzz_$1" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -malloc_limit_mb=256 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$found/" "$build/inputs/$1" "tests/fuzz/corpus/$1" \
        >"$log" 2>&1 && grep -E "DONE" "$log" | sed "s/^/$1: /" && return
    echo "$1: a finding: $(grep -oP 'Test unit written to \K.*' "$log" || echo "no input"), see $log"
    grep -E "^fatal:|ERROR|runtime error" "$log" | head -3
    return 255 # xargs starts no more
}
export -f fuzz
export build seconds
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c 'fuzz {}' || exit 1
