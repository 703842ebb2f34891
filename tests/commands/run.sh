# Training runs in the tests, sourced behind lib.sh and text.sh: the corpus 'corpus', 'corpus-valid' and settings.yml stand in the folder.

# train RUN RANKS THREADS [OPTION ...], ended if it hangs; the program is $program, or chorus.
train() {
    local run=$1 ranks=$2 threads=$3
    shift 3
    timeout 100 "$CHORUS_SOURCE/tests/mpirun.sh" "$ranks" "${program:-$CHORUS}" train --corpus corpus --valid corpus-valid --config settings.yml \
        --threads "$threads" --output "$run" "$@"
}

metrics() { # RUN: without times
    sed -E 's/,"(seconds|wait_seconds)":[^,}]*//g' "$1/metrics.jsonl"
}

same_run() { # A B: equal files in every checkpoint, and equal metrics but for times
    local file
    [ "$(cd "$1" && echo update-*)" = "$(cd "$2" && echo update-*)" ] || return 1
    for file in "$1"/update-*.h5; do
        cmp "$file" "$2/${file##*/}" || return 1
    done
    cmp <(metrics "$1") <(metrics "$2")
}
