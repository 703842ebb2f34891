#!/usr/bin/env bash
# One program for every x86-64: on one without AVX (under qemu-user) it starts, knows what it cannot execute, and with
# the same kernel of OpenBLAS gives the same bits as here, where its own loops take wider vectors.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

[ "$(uname -m)" = x86_64 ] || skip "not an x86-64"
command -v qemu-x86_64 >/dev/null || skip "qemu-x86_64 is not there (package qemu-user)"
# The program executes itself for its environment, which under qemu would leave qemu; so that stands already.
export OPENBLAS_NUM_THREADS=1 GOMP_SPINCOUNT=10000
unset OPENBLAS_CORETYPE
old() { qemu-x86_64 -cpu Nehalem "$CHORUS" "$@"; }

claim "there it takes a kernel that it can execute" eval 'old --version | grep "kernel Nehalem"'
expect_fatal 2 "fatal: kernel 'Haswell' needs AVX2 and FMA, which this processor does not have" \
    qemu-x86_64 -cpu Nehalem "$CHORUS" translate --model none --kernel Haswell
make_corpora 200 2
export OPENBLAS_CORETYPE=Nehalem
small=(--corpus corpus --valid corpus-valid --hidden 16 --embedding 16 --threads 1 --updates 3 --valid-interval 3)
claim "it trains there" old train "${small[@]}" --output there
claim "and here" "$CHORUS" train "${small[@]}" --output here
claim "with the same bits" cmp there/last.h5 here/last.h5
