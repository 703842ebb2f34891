#!/usr/bin/env bash
# Corpora and checkpoints are plain HDF5: h5dump reads them, and README's lines read a shard with h5py.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
python=/usr/bin/python3 # h5py is a package of the system's
"$python" -c 'import h5py' 2>/dev/null || skip "no h5py"

claim "corpora are prepared" make_corpora 200 2
claim "h5dump reads corpus.h5" h5dump corpus/corpus.h5
claim "h5dump reads a shard" h5dump corpus/shard-00001.h5
sed -n '/^    import h5py/,/^$/s/^    //p' "$CHORUS_SOURCE/README.md" >read.py
claim "README has lines for h5py" grep -q 'target/ids' read.py
claim "they run" bash -c '"$0" read.py >seen' "$python"
# The first line of the shard: its number, counted from 0, and its words.
wanted() {
    local number words
    number=$(cut -d' ' -f1 seen)
    words=$(sed -n "$((number + 1))p" train.target | sed "s/[^ ]*/'&'/g; s/ /, /g")
    [ "$(cat seen)" = "$number [$words]" ]
}
claim "and show what was prepared" wanted
claim "a model is made" "$CHORUS" train --corpus corpus --output run --hidden 8 --embedding 4 --updates 1
claim "h5dump reads a checkpoint" h5dump -d /parameters/output.bias run/last.h5
