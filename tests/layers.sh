#!/usr/bin/env bash
# layers.sh [BUILD]: the layers (design, section 2). Who includes what, and which outside symbols each archive uses.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build/release}
faults=0 seen=0

fault() {
    echo "FAILED  $*"
    faults=$((faults + 1))
}

# Of our own headers a folder includes only these.
includes() { # FOLDER ALLOWED
    local files=("$1"/*.[ch] "$1"/*.cc) line
    while IFS= read -r line; do
        seen=$((seen + 1))
        [[ $line =~ \#include\ \"($2)/[a-z0-9_]+\.h\" ]] || fault "$line"
    done < <(grep -H '#include "' "${files[@]}" 2>/dev/null)
}
includes comm/base 'comm/base'
includes comm 'comm|comm/base'
includes io 'io|comm/base'
includes model 'model|comm/base'
includes trainer 'trainer|comm|comm/base|io|model'

# An outside library's header is included in one folder only.
home() { # HEADERS FOLDER
    local line
    while IFS= read -r line; do
        [ "$(dirname "${line%%:*}")" = "$2" ] || fault "$line"
    done < <(grep -HErn "#include <($1)>" comm io model trainer)
    grep -Erq "#include <($1)>" "$2" || fault "no header of $1 in $2"
}
home 'mpi\.h' comm
home 'hdf5\.h|H5[A-Za-z]*\.h|zlib\.h|yaml\.h|sentencepiece.*\.h' io
home 'cblas\.h' model
home 'dnnl.*\.h' model
home 'omp\.h' model
home 'Random123/.*|xxhash\.h' comm/base

# And its symbols are used by one archive only.
symbols() { # PATTERN ARCHIVE
    local archive names
    for archive in base comm io model trainer; do
        names=$(nm -u "$build/lib$archive.a" 2>/dev/null | awk '{ print $NF }' | grep -E "^($1)" | sort -u | head -3 | xargs)
        if [ "$archive" = "$2" ]; then
            [ -n "$names" ] || fault "lib$archive.a uses none of $1"
        elif [ -n "$names" ]; then
            fault "lib$archive.a uses $names"
        fi
    done
}
symbols 'P?MPI_|ompi_' comm
symbols 'H5|gz[a-z]+$|inflate|yaml_(parser|emitter|document|event|token)_|_ZN?K?13sentencepiece' io
symbols 'cblas_|openblas_' model
symbols 'GOMP_|omp_' model
! nm -u "$build/libmodel.a" | grep -q ' dnnl_' || symbols 'dnnl_' model # an option
symbols 'XXH' base

# The model knows no clock, no file and no terminal.
names=$(nm -u "$build/libmodel.a" | awk '{ print $NF }' |
    grep -E '^(open|openat|fopen|printf|fprintf|vfprintf|__fprintf_chk|__printf_chk|puts|putchar|fputs|fwrite|stdout|stderr|clock_gettime|gettimeofday|time)$' |
    sort -u | xargs)
[ -z "$names" ] || fault "libmodel.a uses $names"

# Code stands in these folders only.
files=$(git ls-files -co --exclude-standard)
[ -n "$files" ] || files=$(find . -path ./build -prune -o -type f -printf '%P\n')
while IFS= read -r file; do
    case $file in
    comm/* | io/* | jobs/* | model/* | tests/* | trainer/* | .ci/run) ;;
    *) fault "code outside the folders: $file" ;;
    esac
done < <(grep -E '\.(c|h|cc|cpp|py|sh|pl)$|^\.ci/' <<<"$files")

# README.md names every module.
while IFS= read -r header; do
    folder=$(dirname "$header") module=$(basename "$header" .h) found=
    while IFS= read -r named; do
        # shellcheck disable=SC2053 # the right side is a pattern
        [[ $module == $named ]] && found=yes
    done < <(sed -nE "s|^    $folder/([a-z0-9_*, ]+[a-z0-9_*])  .*|\1|p; s|^    $folder/([a-z_]+)\.c  .*|\1|p" README.md | tr -d ' ' | tr ',' '\n')
    [ -n "$found" ] || fault "README.md does not name $header"
done < <(ls comm/*.h comm/base/*.h io/*.h model/*.h trainer/*.h)

[ "$seen" -gt 50 ] || fault "only $seen includes found"
echo "$seen includes, $faults faults"
[ "$faults" = 0 ]
