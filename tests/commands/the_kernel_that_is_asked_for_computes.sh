#!/usr/bin/env bash
# The kernels of OpenBLAS: what is asked for is what computes; what is not known or not possible is refused before
# MPI starts.
. "$(dirname "$0")/lib/claims.sh"

unset OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS
known="auto, Prescott, Nehalem, Sandybridge, Haswell, Zen, SkylakeX, Cooperlake, Sapphirerapids"
[ "$(uname -m)" = x86_64 ] || skip "the names of kernels are those of x86-64"

for command in train translate score; do
    case $command in
    train) options=(--corpus corpus --output run) ;;
    translate) options=(--model model) ;;
    score) options=(--model model --corpus corpus) ;;
    esac
    expect_fatal 2 "fatal: kernel 'Pentium9' is not known: choose one of $known" \
        "$CHORUS" $command "${options[@]}" --kernel Pentium9
done
expect_fatal 2 "fatal: OPENBLAS_CORETYPE 'Pentium9' is not known: choose one of $known" \
    env OPENBLAS_CORETYPE=Pentium9 "$CHORUS" translate --model model
expect_fatal 2 "fatal: kernel 'Pentium9' is not known: choose one of $known" \
    ranks 3 "$CHORUS" translate --model model --kernel Pentium9
if ! grep -q amx_bf16 /proc/cpuinfo; then
    expect_fatal 2 \
        "fatal: kernel 'Sapphirerapids' needs AMX with BF16, which this processor does not have" \
        "$CHORUS" translate --model model --kernel Sapphirerapids
fi

printf 'a b\nc d\ne f\n' >text
claim "a corpus is prepared" \
    "$CHORUS" prepare --source text --target text --output corpus --tokenizer words --min-count 1
check=("$CHORUS" train --check --corpus corpus --hidden 8 --embedding 8)
kernel_of() { # OPTION ...: what the log says
    "${check[@]}" "$@" | sed -n 's/.*, kernel \([A-Za-z]*\).*/\1/p'
}
computes_with() { # NAME COMMAND ...
    local wanted=$1 seen
    shift
    seen=$("$@")
    echo "kernel '$seen'"
    [ "$seen" = "$wanted" ]
}
claim "--kernel is what computes" computes_with Nehalem kernel_of --kernel nehalem
claim "another --kernel is" computes_with Prescott kernel_of --kernel Prescott
in_environment() {
    OPENBLAS_CORETYPE=Nehalem kernel_of "$@"
}
claim "auto leaves the user's choice" computes_with Nehalem in_environment
claim "--kernel wins over the environment" computes_with Prescott in_environment --kernel Prescott

# What is slower than it could be is said once, by rank 0, with what to do.
remark() { # COMMAND ...: of its log
    "$@" | tr -d '\r' | sed -n 's/\(^warning: kernel .* have\) AVX[^:]*/\1 MORE/p'
}
slower="warning: kernel Nehalem is made of SSE, and the processors have MORE: without"
if grep -q avx /proc/cpuinfo; then
    claim "a slow --kernel is remarked upon once" test "$(remark ranks 2 "${check[@]}" --threads 1 --kernel Nehalem)" = "$slower --kernel it would be faster"
    claim "and one of the environment" test "$(OPENBLAS_CORETYPE=Nehalem remark "${check[@]}")" = "$slower OPENBLAS_CORETYPE it would be faster"
fi

# A library that does not know a kernel takes another without a word; here its choice is made behind the program's back.
not_taken() {
    local seen status=0
    seen=$(CHORUS_REEXECUTED=1 OPENBLAS_CORETYPE=Prescott "${check[@]}" --kernel Nehalem 2>&1) || status=$?
    echo "$seen"
    [ "$status" = 2 ] && [[ "$seen" == "fatal: kernel 'Nehalem' was not taken by OpenBLAS "*", which took 'Prescott'" ]]
}
claim "a kernel that the library did not take is refused" not_taken

# A program that sets the environment and executes itself does so once at most.
executions() { # as the system sees them
    strace -f -e trace=execve -o trace "${check[@]}" --kernel Nehalem &&
        [ "$(grep -c '^[0-9]* *execve(.* = 0$' trace)" = 2 ]
}
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    claim "it executes itself once" executions
fi
