#!/usr/bin/env bash
# layers.sh [BUILD]: the layers. Who includes what, and which outside symbols each archive uses.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build/release}
faults=0 seen=0

fault() {
    echo "FAILED  $*"
    faults=$((faults + 1))
}

# The layers' rooms, from the ground up: a room includes its own headers and those of rooms before it.
rooms=(comm/base comm
    io/text io/folder io/sealed io/vectors io/tokenizer io/corpus io/stream io/run
    model/product model/shape model/optimizer model/layers model/encoder model/decoder model model/search
    trainer/process trainer/metric trainer/settings trainer/host trainer/checkpoint trainer/apply
    trainer/run trainer/prepare trainer/benchmark trainer/inspect trainer)
declare -A place
for i in "${!rooms[@]}"; do place[${rooms[i]}]=$i; done

# And a layer only those of its own rooms and of these layers.
includes() { # LAYER ALLOWED
    local line file room
    while IFS= read -r line; do
        seen=$((seen + 1))
        file=${line%%:*} room=${line#*\"} room=${room%/*}
        [[ $room/ =~ ^($2)/ ]] || fault "$line"
        [ -n "${place[$(dirname "$file")]-}" ] || fault "$file stands in no room"
        [ "${place[$room]-99}" -le "${place[$(dirname "$file")]-0}" ] || fault "$line"
    done < <(grep -Hr '#include "' "$1" --include=*.[ch] --include=*.cc)
}
includes comm/base comm/base
includes comm comm
includes io 'io|comm/base'
includes model 'model|comm/base'
includes trainer 'trainer|comm|io|model'

# An outside library's header is included in one folder only.
home() { # HEADERS FOLDER
    local line
    while IFS= read -r line; do
        [[ ${line%%:*} == $2/* ]] || fault "$line"
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

# README.md names every module in its room's line.
while IFS= read -r header; do
    room=$(dirname "$header") module=$(basename "$header" .h) found=
    while IFS= read -r named; do
        # shellcheck disable=SC2053 # the right side is a pattern
        [[ $module == $named ]] && found=yes
    done < <(sed -nE "s|^    $room/ +([a-z0-9_*, ]+[a-z0-9_*])  .*|\1|p" README.md | tr -d ' ' | tr ',' '\n')
    [ -n "$found" ] || fault "README.md does not name $header"
done < <(find comm io model trainer -name '*.h')

[ "$seen" -gt 50 ] || fault "only $seen includes found"
echo "$seen includes, $faults faults"
[ "$faults" = 0 ]
