#!/usr/bin/env bash
# lint.sh [FILE ...]: formatting, clang-tidy and cppcheck over all of our C and C++, or over the files named.
set -u
cd "$(dirname "$0")/.." || exit 1
build=build/lint
faults=0

sources() { # PATTERN ...
    git ls-files -co --exclude-standard -- "$@" | while IFS= read -r file; do
        [ -e "$file" ] && echo "$file"
    done
}
mapfile -t formatted < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else sources '*.c' '*.h' '*.cc'; fi)
[ ${#formatted[@]} -gt 0 ] || { echo "no files" && exit 1; }

mkdir -p build
cmake --preset lint >"$build.log" 2>&1 || { cat "$build.log" && exit 1; }
# Each file once: the sources of `model` are compiled a second time in double precision.
python3 - "$build" "${formatted[@]}" <<'END' || exit 1
import json, os, sys
build, wanted = sys.argv[1], {os.path.abspath(name) for name in sys.argv[2:]}
commands = {}
for entry in json.load(open(f"{build}/compile_commands.json")):
    if "model_double.dir" not in entry["command"] and entry["file"] in wanted:
        commands.setdefault(entry["file"], entry)
os.makedirs(f"{build}/once", exist_ok=True)
json.dump(list(commands.values()), open(f"{build}/once/compile_commands.json", "w"), indent=1)
open(f"{build}/once/files", "w").write("".join(name + "\n" for name in commands))
END

echo "clang-format: ${#formatted[@]} files"
clang-format-14 --dry-run -Werror "${formatted[@]}" || faults=$((faults + 1))

echo "clang-tidy: $(wc -l <"$build/once/files") files"
xargs -P 2 -n 4 clang-tidy-14 -p "$build/once" --quiet <"$build/once/files" 2>"$build/tidy.errors" || {
    grep -E "^error|Error" "$build/tidy.errors"
    faults=$((faults + 1))
}

echo "cppcheck"
cppcheck --project="$build/once/compile_commands.json" --cppcheck-build-dir="$build/once" -j 2 --quiet \
    --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
    --library=tests/cppcheck.cfg --suppressions-list=tests/cppcheck.supp \
    --template='{file}:{line}: {severity}: {message} [{id}]' || faults=$((faults + 1))

echo "$faults of 3 tools found something"
[ "$faults" = 0 ]
