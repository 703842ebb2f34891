# shellcheck shell=bash
# For the tests of whole commands (sourced, bash): a temporary folder to work in, removed at the end, and
# claims about commands. ctest runs each script of the folder above with CHORUS (the program), CHORUS_HOOKS (the
# same with the tests' hooks) and CHORUS_SOURCE (the tree) in the environment.
#
#     claim "says what is claimed" command ...     the command must succeed; all claims are tried
#     refute "says what is claimed" command ...    it must fail
#     expect_fatal STATUS 'fatal: the whole of standard error' command ...
#     without_reader command ...                   the command, writing into a pipe that nobody reads
#     quiet command ...                        the command without its standard output
#     ranks N command ...                          the command under mpirun
#     skip "why"                                   ends the test as skipped

set -u
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
: "${CHORUS:?}" "${CHORUS_SOURCE:?}"
folder=$(mktemp -d "${TMPDIR:-/tmp}/chorus-test.XXXXXX")
claims=0 failures=0

finish() {
    local status=$?
    cd / && rm -rf "$folder"
    if [ "$status" = 0 ]; then
        echo "$claims claims, $failures failed"
        [ "$claims" -gt 0 ] && [ "$failures" = 0 ] || status=1
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM
cd "$folder" || exit 1

skip() {
    echo "skipped: $*"
    exit 77
}

quiet() {
    "$@" >/dev/null
}

ranks() {
    "$CHORUS_SOURCE/tests/mpirun.sh" "$@"
}

# Succeeds if the command does, and says nothing. Not for mpirun, which a closed pipe kills.
without_reader() {
    { sleep 1 && "$@" 2>"$folder/.stderr"; echo $? >"$folder/.status"; } | :
    local status
    status=$(cat "$folder/.status" "$folder/.stderr")
    rm -f "$folder/.status" "$folder/.stderr"
    echo "$status"
    [ "$status" = 0 ]
}

# Its outcome: ok, or what was seen.
told() { # PASSED TEXT
    claims=$((claims + 1))
    if [ "$1" = 0 ]; then
        echo "ok      $2"
    else
        failures=$((failures + 1))
        echo "FAILED  $2"
    fi
}

claim() {
    local text=$1 seen status=0
    shift
    seen=$("$@" 2>&1) || status=$?
    told "$status" "$text"
    [ "$status" = 0 ] || printf '        status %s of: %s\n%s\n' "$status" "$*" "$seen"
}

refute() {
    local text=$1 seen status=0
    shift
    seen=$("$@" 2>&1) && status=1
    told "$status" "$text"
    [ "$status" = 0 ] || printf '        succeeded: %s\n%s\n' "$*" "$seen"
}

# Standard error with what differs from run to run replaced: FOLDER, HOST.
plain() {
    sed -e "s|$folder|FOLDER|g" -e "s/($(hostname))/(HOST)/g"
}

expect_fatal() {
    local wanted_status=$1 wanted=$2 status=0 output error
    shift 2
    error=$( { "$@" </dev/null >"$folder/.stdout"; } 2>&1 ) || status=$?
    error=$(printf '%s' "$error" | plain)
    output=$(cat "$folder/.stdout")
    rm -f "$folder/.stdout"
    if [ "$status" = "$wanted_status" ] && [ "$error" = "$wanted" ] && [ -z "$output" ]; then
        told 0 "$wanted"
    else
        told 1 "$wanted"
        printf '        of: %s\n        status %s, wanted %s\n        stdout: %s\n        stderr: %s\n' \
            "$*" "$status" "$wanted_status" "$output" "$error"
    fi
}
