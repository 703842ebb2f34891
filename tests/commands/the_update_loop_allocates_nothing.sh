#!/usr/bin/env bash
# Nothing of ours is allocated inside the update loop after the first updates, on any rank. (Checkpoints and validations
# take memory and give it back: here are none.)
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

cat >settings.yml <<'YAML'
embedding: 16
hidden: 32
attention: general
batch-tokens: 50
lanes: 4
epochs: 4
log-interval: 7
YAML
make_corpora 600 3
for ranks in 1 3; do
    counted() {
        ranks $ranks env CHORUS_HOOK="update.end -1 $((ranks - 1)) count" "$CHORUS_HOOKS" train --corpus corpus --config settings.yml \
            --threads 1 --output "run-$ranks" 2>"counts-$ranks"
    }
    claim "four epochs on $ranks ranks" counted
    claim "nothing is allocated after the first of them" awk '
        /^update.end/ { at[++n] = $4 } END { for (i = int(n / 4) + 1; i < n; i++) if (at[i] != at[n]) exit 1; exit n < 60 }' "counts-$ranks"
done
