#!/usr/bin/env bash
# sanitizers.sh: builds the preset `check` (address and undefined-behaviour sanitizers, warnings are errors) and runs
# the unit tests, the tests on ranks and a whole small run with it. Leaks of ours must show: those of Open MPI, known by
# their library, are suppressed (leaks.supp), which needs whole stacks.
set -eu
cd "$(dirname "$0")/.."
cmake --preset check >build/check.log 2>&1 || { cat build/check.log && exit 1; }
cmake --build --preset check >build/check.log 2>&1 || { grep -E "error|warning|FAILED" -A5 build/check.log && exit 1; }

export ASAN_OPTIONS=fast_unwind_on_malloc=0:detect_leaks=1:detect_odr_violation=0
export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1
exec ctest --test-dir build/check --output-on-failure --no-tests=error -j 2 \
    -R '^(base|comm|io|model|trainer)/|^ranks/.*/[13]$|^commands/test_text_to_translation$'
