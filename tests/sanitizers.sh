#!/usr/bin/env bash
# sanitizers.sh: builds the preset `check` (address and undefined-behaviour sanitizers, warnings are errors) and runs
# the unit tests, the tests on ranks and a whole small run with it. Leaks of ours must show: those of Open MPI, known by
# their library, are suppressed (leaks.supp), which needs whole stacks.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset check >build/check.log 2>&1 || { cat build/check.log && exit 1; }
cmake --build --preset check >build/check.log 2>&1 || { grep -E "error|warning|FAILED" -A5 build/check.log && exit 1; }

export OMP_WAIT_POLICY=passive LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0 UBSAN_OPTIONS=print_stacktrace=1
checked() { # OPTIONS TESTS: but the long one that goes through what model/test_model does for the sake of its numbers
    ASAN_OPTIONS=detect_leaks=1:$1 ctest --test-dir build/check --output-on-failure --no-tests=error -j 2 -R "$2" -E '^model/test_precision$'
}
# Whole stacks make allocating slow: only where MPI allocates too.
checked fast_unwind_on_malloc=1 '^(base|io|model|fuzz|trainer)/'
checked fast_unwind_on_malloc=0 '^comm/|^ranks/.*/[13]$|^commands/the_whole_way_from_text_to_translation$'
