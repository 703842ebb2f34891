#!/usr/bin/env bash
# kernels.sh CHORUS TEST ...: runs these tests, programs of products against plain loops and of models against reference
# states, with each of OpenBLAS's kernels that this processor executes. chorus itself says which those are.
set -u
chorus=$1 faults=0 seen=0
shift
unset OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS
names=$("$chorus" translate --model none --kernel none 2>&1 | sed -n "s/^fatal: kernel 'none' is not known: choose one of auto, //p")
for kernel in ${names//,/}; do
    refusal=$("$chorus" translate --model none --kernel "$kernel" 2>&1)
    [[ $refusal != *" needs "* ]] || continue
    taken=$(OPENBLAS_CORETYPE=$kernel "$chorus" --version | sed -n 's/.*, kernel //p')
    if [ "${taken,,}" != "${kernel,,}" ]; then
        echo "$kernel is not among this OpenBLAS's"
        continue
    fi
    seen=$((seen + 1))
    for test in "$@"; do
        if log=$(OPENBLAS_CORETYPE=$kernel OPENBLAS_NUM_THREADS=1 "$test" 2>&1); then
            echo "ok      $kernel: $(basename "$test")"
        else
            echo "FAILED  $kernel: $(basename "$test")" && echo "$log"
            faults=$((faults + 1))
        fi
    done
done
echo "$seen kernels, $faults faults"
[ "$seen" -gt 0 ] && [ "$faults" = 0 ]
