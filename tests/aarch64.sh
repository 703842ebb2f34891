#!/usr/bin/env bash
# aarch64.sh [CHORUS]: builds the preset `aarch64` and runs under qemu-user what another processor might change: the unit
# tests of base and model, gradients of cells and attention, the whole program alone and on 2 ranks, its kernels. With
# CHORUS, this host's program, also that either continues with the other's files. It installs nothing: `jobs/install.sh
# --aarch64` does, and without that it is skipped (status 77). Takes some ten minutes.
source=$(cd "$(dirname "$0")/.." && pwd)
native=${1:-} build=$source/build/aarch64 root=$source/build/aarch64-root
for needed in aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ qemu-aarch64 "$root/usr"; do
    command -v "$needed" >/dev/null || [ -d "$needed" ] || {
        echo "skipped: $needed is not there: jobs/install.sh --aarch64" && exit 77
    }
done

CHORUS=$build/under-qemu CHORUS_SOURCE=$source
# shellcheck source=tests/commands/lib/claims.sh
. "$source/tests/commands/lib/claims.sh"
# shellcheck source=tests/commands/lib/text.sh
. "$source/tests/commands/lib/text.sh"

built() { cd "$source" && cmake --preset aarch64 && cmake --build --preset aarch64; }
claim "it builds without a warning" eval 'built >build.log 2>&1 && ! grep "warning:" build.log || { grep -A5 -E "warning:|error:" build.log; false; }'

# The program executes itself for its environment, which qemu cannot; so that stands already. Nor can it read another
# process's memory, as ranks of one host would.
cat >"$CHORUS" <<END_OF_PROGRAM
#!/bin/sh
exec qemu-aarch64 -cpu "\${PROCESSOR:-neoverse-n1}" -L '$root' '$build/chorus' "\$@"
END_OF_PROGRAM
chmod +x "$CHORUS"
unset OPENBLAS_CORETYPE
export OPENBLAS_NUM_THREADS=1 GOMP_SPINCOUNT=10000 OMPI_MCA_btl_vader_single_copy_mechanism=none

claim "it says its kernel" eval '"$CHORUS" --version | grep "kernel neoversen1"'
claim "a kernel that is asked for computes" eval 'OPENBLAS_CORETYPE=CORTEXA57 "$CHORUS" --version | grep "kernel cortexa57"'
names="auto, ARMV8, CORTEXA53, CORTEXA57, CORTEXA72, CORTEXA73, THUNDERX2T99, TSV110, NEOVERSEN1, NEOVERSEV1, NEOVERSEN2, ARMV8SVE, A64FX"
expect_fatal 2 "fatal: kernel 'Haswell' is not known: choose one of $names" "$CHORUS" translate --model none --kernel Haswell
expect_fatal 2 "fatal: kernel 'NEOVERSEN1' needs ARMv8.1's atomics, which this processor does not have" \
    env PROCESSOR=cortex-a57 "$CHORUS" translate --model none --kernel NEOVERSEN1

claim "it prepares a corpus" make_corpora 300 2
small=(--corpus corpus --valid corpus-valid --hidden 16 --embedding 16 --threads 1 --updates 6 --valid-interval 3)
claim "it trains" "$CHORUS" train "${small[@]}" --output alone
claim "on 2 ranks too" ranks 2 "$CHORUS" train "${small[@]}" --output both
claim "with the same bits" cmp alone/last.h5 both/last.h5
claim "and translates" eval '"$CHORUS" translate --model alone/best.h5 --threads 1 <valid.source >output 2>/dev/null && [ "$(wc -l <output)" = 150 ]'
claim "an unknown processor is remarked upon" eval 'PROCESSOR=max "$CHORUS" train --check "${small[@]}" | grep "^warning: OpenBLAS does not know this processor"'

loss() { "$@" score --model alone/best.h5 --corpus corpus-valid --threads 1 2>&1 | sed -n 's/.*loss \([0-9.]*\) .*/\1/p'; }
alike() { awk -v a="$(loss "$CHORUS")" -v b="$(loss "$native")" 'BEGIN { d = a - b; exit !(a > 0 && d < 1e-4 && d > -1e-4) }'; }
if [ -n "$native" ]; then
    mkdir native && cd native || exit 1
    CHORUS=$native claim "this host's program prepares one" make_corpora 300 2
    cd .. || exit 1
    claim "the same, byte for byte" diff -r corpus native/corpus
    claim "its score of the model is the same but for rounding" alike
    claim "it continues the run" eval '"$native" train --output alone --updates 9 2>warning && grep "^warning: the run was computed with .* goes on with" warning'
fi

export OMP_WAIT_POLICY=passive
unit_tests='^(base|model)/|^gradients/every_(attention|cell|part)_'
claim "unit tests pass" ctest --test-dir "$build" --output-on-failure --no-tests=error -j 2 -R "$unit_tests"
