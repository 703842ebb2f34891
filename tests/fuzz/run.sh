#!/usr/bin/env bash
# run.sh SECONDS [NAME ...]: builds the preset `fuzz` (clang-14, installed with it) and runs each target, or those
# named, for so long, two at a time, on from the inputs in corpus/ and of earlier runs (build/fuzz/inputs). At a
# finding: status 1, and the input's path; when it is mended, keep the input as corpus/NAME/found-WHAT.
#
# Targets that forge HDF5's metadata run on behind a crash: HDF5 1.10 does crash on some (an address near 2^64; its
# checksums, which the targets put right, guard against accidents only). What the stack shows to be HDF5's own is
# counted.
set -eu
[ $# -gt 0 ] || { echo "usage: run.sh SECONDS [NAME ...]" && exit 2; }
seconds=$1
shift
cd "$(dirname "$0")/../.."
jobs/install.sh --fuzz
build=$PWD/build/fuzz
names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(basename -a -s .c tests/fuzz/fuzz_*.c | sed s/^fuzz_//)
mkdir -p "$build"
cmake --preset fuzz >"$build/log" 2>&1 || { cat "$build/log" && exit 1; }
cmake --build --preset fuzz --target "${names[@]/#/fuzz_}" >"$build/log" 2>&1 ||
    { grep -E "error:|FAILED|unknown target" -A5 "$build/log" && exit 1; }

export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=16:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0

# Did HDF5 fail by itself: is the innermost frame that is not a sanitizer's or libc's in it, and no memory of ours hurt?
of_hdf5() { # LOG
    local frame
    frame=$(grep -E '^ +#[0-9]+ ' "$1" |
        grep -vE ' in (__interceptor_|__sanitizer|__asan|malloc|calloc|realloc)|sysdeps' | head -1)
    [[ $frame == *libhdf5* ]] && ! grep -q "memory\.c:" "$1"
}

finding() { # NAME INPUT LOG
    echo "$1: a finding: ${2:-no input}, see $3"
    grep -E "^fatal:|ERROR|runtime error" "$3" | head -3
    return 255 # xargs starts no more
}

fuzz() { # NAME
    local name=$1 log=$build/$1.log found=$build/found/$1 program=$build/tests/fuzz_$1 behind=() hdf5=0 input
    mkdir -p "$build/inputs/$name" "$found"
    rm -f "$found"/*
    grep -qE 'given_sealed|VECTORS_HDF5' "tests/fuzz/fuzz_$name.c" && behind=(-fork=1 -ignore_crashes=1)
    "$program" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -malloc_limit_mb=256 -max_len=65536 \
        -artifact_prefix="$found/" "${behind[@]}" "$build/inputs/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 ||
        [ ${#behind[@]} -gt 0 ] || finding "$name" "$(find "$found" -type f | head -1)" "$log" || return
    for input in "$found"/*; do
        [ -e "$input" ] || continue
        "$program" -timeout=25 -rss_limit_mb=2048 -malloc_limit_mb=256 "$input" >"$input.log" 2>&1 && continue
        of_hdf5 "$input.log" || finding "$name" "$input" "$input.log" || return
        hdf5=$((hdf5 + 1))
    done
    echo "$name: $(grep -E "^#[0-9]" "$log" | tail -1), crashes of HDF5's own: $hdf5"
}
export -f fuzz finding of_hdf5
export build seconds
TMPDIR=$(mktemp -d -p /dev/shm chorus-fuzz-XXXXXX) # in memory: writers wait for the disk, and a crash leaves its files
export TMPDIR
clean() {
    rm -rf "$TMPDIR"
    local file process
    for file in /dev/shm/__KMP_REGISTERED_LIB_*; do # of libomp, in programs that crashed
        process=${file##*LIB_}
        [ -e "/proc/${process%_*}" ] || rm -f "$file"
    done
}
trap clean EXIT
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c 'fuzz {}' || exit 1
