#!/usr/bin/env bash
# run.sh [NAME ...]: proves that the tests can fail. Each patch in this folder breaks one promise; its first line names
# the tests (a regular expression of ctest) that must then go red:
#
#     # red: ranks/test_exchange/3
#
# Works on a copy of the tree in build/mutations, kept from time to time, so that only what changed is built again.
# Every test named must pass on the unbroken copy first. One that is skipped here proves nothing; the outcome says so.
set -u
cd "$(dirname "$0")/../.." || exit 1
tree=build/mutations/tree build=build/mutations/build
mkdir -p "$tree"
exec 9>build/mutations/lock
flock -n 9 || { echo "build/mutations is in use by another run" && exit 1; }

# The copy keeps the time of a file that has not changed.
git ls-files -co --exclude-standard | while IFS= read -r file; do
    [ -f "$file" ] && printf '%s\n' "$file"
done | sort >build/mutations/files
(cd "$tree" && find . -type f -printf '%P\n') | sort | comm -13 build/mutations/files - |
    while IFS= read -r file; do rm "$tree/$file"; done
while IFS= read -r file; do
    cmp -s "$file" "$tree/$file" || { mkdir -p "$(dirname "$tree/$file")" && cp "$file" "$tree/$file"; }
done <build/mutations/files

patches=()
if [ $# -gt 0 ]; then
    for name in "$@"; do patches+=("tests/mutations/$(basename "$name" .patch).patch"); done
else
    patches=(tests/mutations/*.patch)
fi
[ -e "${patches[0]}" ] || { echo "no mutations" && exit 1; }

red_tests() { sed -n '1s/^# red: //p' "$1"; }
compile() { cmake --build "$build" >build/mutations/log 2>&1; }
run() { # REGEX
    ctest --test-dir "$build" --no-tests=error -j 2 -R "$1" >build/mutations/log 2>&1
}
show() { tail -30 build/mutations/log; }

cmake -G Ninja -S "$tree" -B "$build" -DCMAKE_BUILD_TYPE=Release >build/mutations/log 2>&1 || { show && exit 1; }
compile || { show && exit 1; }

wanted=""
for patch in "${patches[@]}"; do
    red=$(red_tests "$patch")
    count=$(ctest --test-dir "$build" -N -R "$red" | sed -n 's/^Total Tests: //p')
    [ -n "$red" ] && [ "${count:-0}" -gt 0 ] || { echo "$patch: its first line names no test: '$red'" && exit 1; }
    wanted+="${wanted:+|}$red"
done
run "$wanted" || { echo "not green before any mutation:" && show && exit 1; }

change() { # PATCH [OPTION ...]: in the copy, and back, whatever happens to the tree meanwhile
    patch -d "$tree" -p1 --fuzz=2 -s "${@:2}" <"$1" >build/mutations/log 2>&1
}

total=0 reds=0 skips=0
for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch) red=$(red_tests "$patch")
    total=$((total + 1))
    if ! change "$patch" --forward --dry-run; then
        outcome="does not apply: $(head -1 build/mutations/log)"
    else
        change "$patch" --forward
        if ! compile; then
            outcome="does not build: $(grep -m 1 error build/mutations/log)"
        elif ! run "$red"; then
            outcome=red reds=$((reds + 1))
        elif grep -q 'Skipped' build/mutations/log; then
            outcome="skipped here, neither red nor green: $red" skips=$((skips + 1))
        else
            outcome="GREEN, the promise is not tested by $red"
        fi
        change "$patch" --reverse
    fi
    printf '%-60s %s\n' "$name" "$outcome"
done
echo "$total mutations, $reds red, $skips skipped"
[ "$total" = $((reds + skips)) ]
