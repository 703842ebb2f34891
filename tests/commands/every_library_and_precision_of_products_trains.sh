#!/usr/bin/env bash
# Who multiplies (--products) and what is multiplied (--precision): each trains, alike on any number of ranks; a run
# goes on with what it was told; what cannot be had is one line before any work.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

claim "corpora are prepared" make_corpora 300 2
cat >settings.yml <<END
embedding: 12
hidden: 16
lanes: 3
batch-tokens: 150
dropout: 0.1
updates: 6
valid-interval: 3
END
check=("$CHORUS" train --check --corpus corpus --valid corpus-valid --config settings.yml)
multiplied_by() { # OPTION ...: what the log says
    "${check[@]}" "$@" | tr -d '\r' | sed -n 's/.* threads\? each; \(.*\), kernel .*/\1/p'
}
says() { # PATTERN OPTION ...
    local seen
    seen=$(multiplied_by "${@:2}")
    echo "by '$seen'"
    [[ "$seen" =~ ^($1)$ ]]
}
makers=(auto openblas reference)
onednn=0
if "${check[@]}" --products onednn >/dev/null 2>error; then
    onednn=1
    makers+=(onednn)
    claim "oneDNN says so" says 'oneDNN [0-9.]+, [A-Z0-9.-]+' --products onednn
else
    claim "oneDNN that is not built in is refused" grep -q \
        "^fatal: --products: oneDNN is not built in: install its development package" error
fi
claim "auto is OpenBLAS" says 'OpenBLAS [0-9.]+'
claim "openblas is OpenBLAS alone" says 'OpenBLAS [0-9.]+ alone' --products openblas
claim "reference is plain loops" says 'plain loops' --products reference

for maker in "${makers[@]}"; do
    claim "$maker trains on one rank" quiet train "$maker" 1 1 --products "$maker"
    claim "$maker has the same bits on three ranks of two threads" quiet train "$maker-3" 3 2 --products "$maker"
    claim "that is, equal checkpoints" same_run "$maker" "$maker-3"
    [ "$maker" = auto ] || refute "they are not those of auto" cmp -s auto/last.h5 "$maker/last.h5"
done
half=(--precision bfloat16 --products reference)
claim "bfloat16 trains" quiet train half 1 1 "${half[@]}"
claim "bfloat16 on two ranks" quiet train half-2 2 1 "${half[@]}"
claim "has the same bits" same_run half half-2
refute "which are not those of float32" cmp -s half/last.h5 reference/last.h5
losses() { sed -n 's/.*"perplexity":\([0-9.]*\).*/\1/p' "$1/metrics.jsonl"; }
near() { # RUN RUN: validation perplexities within 1 %
    paste <(losses "$1") <(losses "$2") | awk '{ r = $1 / $2; if (r < 0.99 || r > 1.01) bad = 1 } END { exit bad || NR < 2 }'
}
claim "but validates alike" near half reference

claim "bfloat16 is stopped" quiet train parts 1 1 "${half[@]}" --updates 3
continued=("$CHORUS" train --output parts --updates 6)
claim "and goes on as it began, without being told" bash -c '! "$@" 2>&1 >/dev/null | grep .' - "${continued[@]}"
claim "with the undisturbed run's bits" cmp parts/last.h5 half/last.h5
claim "another maker is warned of" bash -c '"$@" 2>&1 | grep -q "(--kernel and --products give the old choice back)"' - \
    "$CHORUS" train --output reference --updates 7 --products openblas
scores() { "$CHORUS" score --model half/best.h5 --corpus corpus-valid "$@"; }
claim "a model of bfloat16 scores without it" quiet scores
claim "and by plain loops" quiet scores --products reference
claim "and translates" bash -c '[ "$("$@" <valid.source | wc -l)" = 150 ]' - \
    "$CHORUS" translate --model half/best.h5 --products openblas

expect_fatal 2 "fatal: --precision bfloat16 contradicts the run 'reference', which has float32" \
    "$CHORUS" train --output reference --updates 8 "${half[@]}"
expect_fatal 2 "fatal: --precision: OpenBLAS multiplies float32 only: --products auto, or reference (slow)" \
    "${check[@]}" --precision bfloat16 --products openblas
if [ "$onednn" = 1 ] && ! grep -q 'avx512_bf16\|amx_bf16' /proc/cpuinfo; then
    kernel=$("$CHORUS" --version | sed -n 's/.*, kernel //p')
    expect_fatal 2 "fatal: --precision: this processor, or the kernel '$kernel', has neither AVX512-BF16 nor AMX: \
float32, or --products reference (slow)" "${check[@]}" --precision bfloat16
fi
