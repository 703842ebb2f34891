#!/usr/bin/env bash
# run.sh: installs what building and testing need, builds, and runs all tests: of modules, of gradients, on ranks, of
# whole commands, layers, lint, sanitizers. ctest's closing lines end it. A test that was skipped must be named in
# tests/skips.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs/install.sh --tests
mkdir -p build
cmake --preset release >build/release.log || { cat build/release.log && exit 1; }
cmake --build --preset release >>build/release.log || { tail -50 build/release.log && exit 1; }
! grep -A5 "warning:" build/release.log || exit 1

status=0
ctest --test-dir build/release --output-on-failure --no-tests=error -j 2 --output-log build/tests.log || status=$?
grep -oP '^\s+\d+ - \K\S+(?= \(Skipped\))' build/tests.log | sort >build/skipped || true
unknown=$(sed '/^#/d' tests/skips.txt | sort | comm -13 - build/skipped)
[ -z "$unknown" ] || { echo "skipped, but not in tests/skips.txt: $unknown" && exit 1; }
exit "$status"
