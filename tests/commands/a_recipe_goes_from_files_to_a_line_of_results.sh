#!/usr/bin/env bash
# jobs/recipe.sh takes a set, made up here as a script and its settings, from its files to a line of the table, continues
# what is there, and refuses what is not; the sets' own scripts split as they say.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
cp -r "$CHORUS_SOURCE/jobs" jobs
make_text all 700 1
mkdir -p data/toy && paste all.source all.target >data/toy/pairs.tsv

cat >jobs/recipes/toy.sh <<'END_OF_SET'
needs=(toy/pairs.tsv)
rows=(attention first labels)
learn=(--tokenizer words --min-count 1)
aim="some"
metrics=exact-match,word-error-rate
row() {
    case $1 in
    first) options=(--context-use first) ;;
    labels) task=classify format=(--source-format frames) learn=() metrics=accuracy,macro-f1 ;;
    esac
}
convert() { # ROW
    python3 - "$1" <<'PYTHON'
import sys
from recipe import held_out, lines, write, write_frames
pairs = [line.split("\t") for line in lines("toy/pairs.tsv")]
test = held_out((source for source, _ in pairs), 50)
dev = held_out({source for source, _ in pairs} - test, 50)
for part, wanted in (("train", lambda source: source not in test | dev), ("dev", dev.__contains__), ("test", test.__contains__)):
    chosen = [pair for pair in pairs if wanted(pair[0])]
    if sys.argv[1] == "labels":
        write_frames(part, (([[word[1:], 1] for word in source.split()], target.split()[-1]) for source, target in chosen))
    else:
        write(part, chosen)
PYTHON
}
END_OF_SET
cat >jobs/recipes/toy.yml <<'END_OF_SETTINGS'
embedding: 16
hidden: 16
lanes: 2
unknown-dropout: 0
updates: 20
valid-interval: 10
END_OF_SETTINGS

recipe() { timeout 200 jobs/recipe.sh "$@"; }
ends_with_lines() { # of all rows, with figures, time, updates and parameters
    [ "$(tail -3 seen | grep -cE '^\| toy \| ((attention|first) \| exact-match [0-9.]+ %, word-error-rate|labels \| accuracy [0-9.]+ %, macro-f1) [0-9.]+ % \| some \| 0 min [0-9]{2} s \| 20 \| [0-9,]{4,} \|$')" = 3 ]
}
claim "a set goes from its files to a line for each row" bash -c 'timeout 200 jobs/recipe.sh toy data out >seen 2>&1 || { cat seen && exit 1; }'
claim "the line says figures, aim, time, updates and parameters" ends_with_lines
claim "each row has its settings" grep -q '^context-use: first' out/toy/first/run/settings.yml
claim "an output for each line of the test part" test "$(wc -l <out/toy/first/test.output)" = "$(wc -l <out/toy/first/text/test.source)"
claim "a label for each of its sequences" test "$(wc -l <out/toy/labels/test.output)" = "$(wc -l <out/toy/labels/text/test.target)"
claim "the parts are apart and complete" bash -c '
    cd out/toy/first/text && sort -u *.source | wc -l >../together && cat <(sort -u train.source) <(sort -u dev.source) <(sort -u test.source) | wc -l | cmp - ../together'

rm out/toy/attention/run/last.h5 out/toy/attention/line
before=$(stat -c %Y%i out/toy/first/corpus out/toy/first/run/best.h5)
claim "what is there is not made again" bash -c 'timeout 200 jobs/recipe.sh toy data out >again 2>&1 || { cat again && exit 1; }
    [ "$0" = "$(stat -c %Y%i out/toy/first/corpus out/toy/first/run/best.h5)" ] && cmp <(tail -3 seen) <(tail -3 again)' "$before"

expect_fatal 2 "fatal: set 'toy': no folder of the data sets is given: jobs/recipe.sh toy DATA" recipe toy
expect_fatal 2 "fatal: set 'toy': data 'nowhere': no such folder" recipe toy nowhere
mkdir empty
expect_fatal 2 "fatal: set 'toy': 'FOLDER/empty/toy/pairs.tsv': no such file or folder" recipe toy empty
expect_fatal 2 "fatal: set 'toy': row 'third': the rows are attention first labels" recipe toy data out third
names=$(cd jobs/recipes && echo *.sh)
expect_fatal 2 "fatal: set 'tov': the sets are ${names//.sh/}" recipe tov data

# The parts of a set alone, without training: what its script makes of DATA.
parts() { # SET [ROW]
    local set=$1
    rm -rf parts && mkdir parts && (
        cd parts && row() { :; } && jobs=$folder/jobs && . "$jobs/recipes/$set.sh" &&
            DATA=$folder/data PYTHONPATH=$jobs PYTHONUTF8=1 convert "${2:-}"
    )
}
mkdir -p data/cmudict-g2p data/sigmorphon2016-task1
for i in $(seq 3000); do printf "W%d\tW AH\nW%d\tW IY\n" "$i" "$i"; done | tr 0-9 A-J >data/cmudict-g2p/g014b2b.train
printf "ZA\tZ AH\tZ EY\n" >data/cmudict-g2p/g014b2b.ref
all_pronunciations_together() {
    parts cmudict-g2p && [ "$(wc -l <parts/dev.source)" = 5340 ] && [ "$(sort -u parts/dev.source | wc -l)" = 2670 ] &&
        [ -z "$(comm -12 <(sort -u parts/train.source) <(sort -u parts/dev.source))" ] &&
        [ "$(cat parts/test.source parts/test.target)" = "$(printf 'Z A\nZ AH\tZ EY')" ]
}
claim "cmudict-g2p holds out 2,670 words with all their pronunciations" all_pronunciations_together
printf 'ab cd\tpos=N,num=SG\tabc\nx\tpos=N\ty\n' | gzip >data/sigmorphon2016-task1/german-task1-train.gz
printf 'x\tpos=N\ty\nx\tpos=N\tyy\n' | gzip >data/sigmorphon2016-task1/german-task1-dev.gz
cp data/sigmorphon2016-task1/german-task1-dev.gz data/sigmorphon2016-task1/german-task1-test.gz
features_then_characters() {
    parts sigmorphon2016-task1 german && [ "$(head -1 parts/train.source)" = "pos=N num=SG a b ␣ c d" ] &&
        [ "$(cat parts/dev.target)" = "y y" ] && [ "$(wc -l <parts/test.source)" = 2 ]
}
claim "sigmorphon2016-task1 puts features before characters, and drops from dev what stands in train" features_then_characters
claim "a set's parts do not depend on the order of its files" bash -c '
    cp "$0"/data/toy/pairs.tsv kept && cp -r out/toy/first/text text && rm -r out/toy/first &&
    sort -r kept >data/toy/pairs.tsv && timeout 200 jobs/recipe.sh toy data out first >/dev/null 2>&1 &&
    cmp <(sort text/dev.source) <(sort out/toy/first/text/dev.source)' "$folder"

# jobs/log_mel.py, with a stand-in for the package that computes: a number for each sample.
mkdir packages && echo 'def frombuffer(samples, kind): return samples' >packages/numpy.py
echo 'def logfbank(samples, rate, nfilt, nfft): return [[len(samples), rate, nfilt], [nfft, 0.5, -1]]' >packages/python_speech_features.py
make_wav() { # FILE CHANNELS SAMPLES
    python3 -c 'import sys, wave
with wave.open(sys.argv[1], "wb") as file:
    file.setparams((int(sys.argv[2]), 2, 8000, 0, "NONE", ""))
    file.writeframes(bytes(2 * int(sys.argv[2]) * int(sys.argv[3])))' "$@"
}
make_wav one.wav 1 100 && make_wav two.wav 1 50 && make_wav stereo.wav 2 50 && make_wav silent.wav 1 0
log_mel() { PYTHONPATH=$folder/packages python3 jobs/log_mel.py "$@"; }
printf '%s\n' '200.0000 8000.0000 26.0000' '256.0000 0.5000 -1.0000' '' '100.0000 8000.0000 26.0000' '256.0000 0.5000 -1.0000' '' >wanted
claim "log_mel.py writes a frame a line and a blank line behind each recording" bash -c 'cmp wanted <("$@")' _ env PYTHONPATH="$folder/packages" python3 jobs/log_mel.py one.wav two.wav
expect_fatal 1 "fatal: 'stereo.wav': is not of 16 bits and one channel" log_mel stereo.wav
expect_fatal 1 "fatal: 'silent.wav': has no samples" log_mel silent.wav
expect_fatal 1 "fatal: 'wanted': file does not start with RIFF id" log_mel wanted
expect_fatal 1 "fatal: 'none.wav': No such file or directory" log_mel none.wav
