#!/usr/bin/env bash
# What a corpus, a checkpoint and the folder of a run hold; --check reads everything.
. "$(dirname "$0")/lib/claims.sh"

awk 'BEGIN { for (i = 0; i < 60; i++) { s = "a"; for (j = 0; j < i % 7; j++) s = s " b c"; print s } }' >source
tr 'abc' 'xyz' <source >target
claim "a corpus is prepared" "$CHORUS" prepare --source source --target target --output corpus \
    --tokenizer words --shards 3 --min-count 1
claim "a run is made" "$CHORUS" train --corpus corpus --output run --embedding 8 --hidden 12 \
    --lanes 2 --batch-tokens 100 --updates 3 --warmup 1 --threads 1

says() { # PATTERN WORD ...: a line of inspect's output is like the pattern
    local pattern=$1
    shift
    "$CHORUS" inspect "$@" >output 2>error && [ ! -s error ] && grep -Eq -- "$pattern" output && return
    cat output error
    return 1
}
claim "a corpus: sentences and shards" says '^  sentences +60 in 3 shards$' corpus
claim "a corpus: tokenizer and vocabulary" says '^  target +words, [0-9]+ symbols$' corpus
claim "a corpus: its shards" says '^  shard-00002\.h5 +[0-9]+ sentences' corpus
claim "a corpus: all is read" says '^  checked +every byte of 3 shards$' corpus --check
claim "a checkpoint: update" says '^  update +3$' run/last.h5
claim "a checkpoint: settings" says '^  hidden +12$' run/last.h5
claim "a checkpoint: parameters" says '^  decoder\.0\.recurrent +48 x 12 +576$' run/last.h5
claim "a checkpoint: all is read" says '^  checked +all weights and moments$' run/last.h5 --check
claim "a run: its checkpoints" says '^  checkpoints +2, best at update ' run
claim "a run: its status" says '^  status +\{.*"update":3' run
claim "a run: its last checkpoint" says "^checkpoint 'run/last.h5'$" run

json() { # EXPRESSION WORD ...: true of the object that --json gives
    local expression=$1
    shift
    "$CHORUS" inspect --json "$@" >output && [ "$(wc -l <output)" = 1 ] &&
        python3 -c "import json, sys; o = json.load(open('output')); sys.exit(not ($expression))"
}
if command -v python3 >/dev/null; then
    claim "JSON of a corpus" json "o['what'] == 'corpus' and o['sentences'] == 60 \
        and sum(s['sentences'] for s in o['shards']) == 60 and not o['checked']" corpus
    claim "JSON of a checkpoint" json "o['what'] == 'checkpoint' and o['state']['update'] == 3 \
        and o['settings']['hidden'] == 12 and o['settings']['bidirectional'] is True \
        and o['checked'] and o['elements'] == sum(p['shape'][0] * (p['shape'] + [1])[1] \
        for p in o['parameters'])" run/last.h5 --check
    claim "JSON of a run" json "o['what'] == 'run' and o['checkpoints'] == [3, 0] \
        and o['last']['state']['update'] == 3 and o['status']['update'] == 3" run
fi

same_on_ranks() {
    "$CHORUS" inspect corpus >one && ranks 3 "$CHORUS" inspect corpus | tr -d '\r' >three && cmp one three
}
claim "three ranks print it once" same_on_ranks
claim "a closed pipe is no failure" without_reader "$CHORUS" inspect run/last.h5

mkdir empty
expect_fatal 1 "fatal: 'nowhere': No such file or directory" "$CHORUS" inspect nowhere
expect_fatal 1 "fatal: 'empty': is neither a corpus nor the folder of a run" "$CHORUS" inspect empty
expect_fatal 1 "fatal: checkpoint 'source': is not a Chorus file" "$CHORUS" inspect source
expect_fatal 1 "fatal: rank 0 of 3 (HOST): 'nowhere': No such file or directory" \
    ranks 3 "$CHORUS" inspect nowhere

damage() { # FILE: eight bytes of the content
    printf 'damaged!' | dd of="$1" bs=1 seek=2000 conv=notrunc status=none
}
damage corpus/shard-00001.h5
damage run/update-00000003.h5
claim "damage in a shard is not seen without --check" "$CHORUS" inspect corpus
expect_fatal 1 "fatal: corpus 'corpus': shard 'shard-00001.h5': checksum of the file does not match" \
    "$CHORUS" inspect corpus --check
expect_fatal 1 "fatal: checkpoint 'run/last.h5': checksum of the file does not match" \
    "$CHORUS" inspect run/last.h5
rm corpus/shard-00001.h5
expect_fatal 1 "fatal: corpus 'corpus': shard 'shard-00001.h5': No such file or directory" \
    "$CHORUS" inspect corpus --check
