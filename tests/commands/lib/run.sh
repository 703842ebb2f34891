# shellcheck shell=bash
# Training runs in the tests, sourced behind claims.sh and text.sh: the corpus 'corpus', 'corpus-valid' and settings.yml
# stand in the folder.

# settings.yml of a small GRU that is validated every 8 updates; on standard input what a test adds to that.
gru_settings() {
    printf '%s\n' 'embedding: 16' 'hidden: 32' 'cell: gru' 'warmup: 5' 'batch-tokens: 60' 'valid-interval: 8' >settings.yml &&
        cat >>settings.yml
}

# train RUN RANKS THREADS [OPTION ...], ended if it hangs; the program is $program, or chorus.
train() {
    local run=$1 ranks=$2 threads=$3
    shift 3
    timeout 100 "$CHORUS_SOURCE/tests/mpirun.sh" "$ranks" "${program:-$CHORUS}" train --corpus corpus \
        --valid corpus-valid --config settings.yml --threads "$threads" --output "$run" "$@"
}

hooked() { # 'HOOKS' RUN RANKS [OPTION ...]: training with hooks
    program=$CHORUS_HOOKS CHORUS_HOOK=$1 train "$2" "$3" 1 "${@:4}"
}

metrics() { # RUN: without times
    sed -E 's/,"(seconds|wait_seconds)":[^,}]*//g' "$1/metrics.jsonl"
}

checkpoint() { # UPDATE: its name
    printf 'update-%08d.h5' "$1"
}

points_at() { # RUN UPDATE: its last checkpoint is that one
    [ "$(readlink "$1/last.h5")" = "$(checkpoint "$2")" ]
}

stands_at() { # RUN UPDATE: its last checkpoint is that one, and sound
    points_at "$1" "$2" && "$CHORUS" inspect --check "$1/last.h5"
}

stopped_at() { # RUN: the update at which it was stopped
    sed -n 's/.*"state":"stopped","update":\([0-9]*\),.*/\1/p' "$1/status.json"
}

same_end() { # A B: equal last and best checkpoints, and equal metrics but for times
    [ "$(readlink "$1/last.h5")" = "$(readlink "$2/last.h5")" ] && cmp "$1/last.h5" "$2/last.h5" &&
        cmp "$1/best.h5" "$2/best.h5" && cmp <(metrics "$1") <(metrics "$2")
}

same_run() { # A B: equal files in every checkpoint, and equal metrics but for times
    local file
    [ "$(cd "$1" && echo update-*)" = "$(cd "$2" && echo update-*)" ] || return 1
    for file in "$1"/update-*.h5; do
        cmp "$file" "$2/${file##*/}" || return 1
    done
    cmp <(metrics "$1") <(metrics "$2")
}
