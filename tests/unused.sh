#!/usr/bin/env bash
# unused.sh [BUILD]: nothing is dead. What an object file of the program shows to others (a function, an object), another
# asks for; what its own file alone uses is static. The list says what else may be seen, and why; a name in it that
# another file asks for, or that is gone, goes from it.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build/release}
faults=0

listed='
memory_count              the hooks and the tests count what is held and allocated
product_ragged            the hooks say whether a run had ragged products at all
points_hook               the hooks hang themselves in here
random_block              published values of Philox are of whole blocks
yaml_parse                the fuzzer has bytes, not a file
utf8_check                the test goes through characters, not texts
faults_words              tests read what would end the program
faults_release            and go on behind it
help_add_command          the test reads it as a text
search_normaliser         the test scores each sequence by itself
context_last              a row of the table in its own file; other rows have files of their own
context_affine            a row of the table in its own file; other rows have files of their own
context_mean              a row of the table in its own file; other rows have files of their own
pooling_last              a row of the table in its own file; other rows have files of their own
pooling_mean              a row of the table in its own file; other rows have files of their own
pooling_max               a row of the table in its own file; other rows have files of their own
parameters_find           tests set one parameter by its name
'

fault() {
    echo "FAILED  $*"
    faults=$((faults + 1))
}

objects() {
    find "$build"/{comm,io,model,trainer}/ -name '*.o' -not -path '*/model_double.dir/*'
}
[ "$(objects | wc -l)" -gt 100 ] || fault "only $(objects | wc -l) object files in $build"
shown=$(objects | xargs nm -A | awk '
    { file = $1; sub(/.*\.dir\//, "", file); sub(/\.o:.*/, "", file) }
    $(NF - 1) ~ /^[TDBRC]$/ { home[$NF] = file }
    $(NF - 1) == "U" { asked[$NF] }
    END { for (name in home) if (!(name in asked) && name != "main") print name, home[name] }' | sort)
while read -r name file; do
    grep -q "^$name " <<<"$listed" || fault "$name of $file: no other file of the program asks for it"
done <<<"$shown"
while read -r name why; do
    [ -z "$name" ] || grep -q "^$name " <<<"$shown" || fault "$name need not be listed: $why"
done <<<"$listed"
echo "$(wc -l <<<"$shown") names that no other file asks for, $faults faults"
[ "$faults" = 0 ]
