#!/usr/bin/env bash
# Every mistake that a person makes gets a good answer: mistakes.txt is the table of commands, their whole standard
# error and status, tried here one after the other. Then the mistakes that must simply work, and what is remarked upon.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"

chorus() { "$CHORUS" "$@"; }
train() { chorus train --corpus corpus --threads 1 --output new "$@"; }
prepare() { # a second --source would be a second source
    local source=(--source train.source)
    case " $*" in *" --source "*) source=() ;; esac
    chorus prepare "${source[@]}" --target train.target --tokenizer words --vocabulary 20 --output new "$@"
}
translate() { chorus translate --model run/best.h5 --threads 1 "$@"; }
score() { chorus score --model run/best.h5 --threads 1 "$@"; }
evaluate() { chorus evaluate --model run/best.h5 --threads 1 "$@"; }

cat >small.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 40
lanes: 2
updates: 6
valid-interval: 2
YAML
claim "corpora are prepared" make_corpora 300 3
claim "a run" quiet "$CHORUS" train --corpus corpus --valid corpus-valid --config small.yml --output run --threads 1

# --- what the mistakes are made with ---
mkdir folder && echo precious >folder/file
: >empty
echo hello >text
head -200 train.target >short.target
head -290 train.source >part.source && head -290 train.target >part.target
{ cat part.source && printf 's1 \xff\n'; } >invalid.source
{ cat part.source && printf 's1 \0 s2\n'; } >nul.source
{ cat part.source && head -c 1100000 /dev/zero | tr '\0' s && echo; } >wide.source
{ cat part.target && echo t1; } >longer.target
gzip -c train.source | head -c 300 >cut.source.gz
iconv -f UTF-8 -t UTF-16 train.source >utf16.source
iconv -f UTF-8 -t UTF-16BE train.source >utf16be.source
mkdir fake && head -c 4096 train.source >fake/corpus.h5
mkdir disguised && cp run/last.h5 disguised/corpus.h5
cp run/last.h5 damaged.h5 && printf 'damaged!' | dd of=damaged.h5 bs=1 seek=3000 conv=notrunc status=none
cp -r corpus holed && rm holed/shard-00001.h5
cp -r corpus mixed && cp corpus/shard-00000.h5 mixed/shard-00001.h5
cp -r corpus-valid run/corpus-inside
"$CHORUS" prepare --source train.source --target train.target --tokenizer words --vocabulary 20 --output others >/dev/null
yaml() { printf '%b' "$2" >"$1.yml"; }
yaml wrong 'hidden: 32\nhiden: 3\ndropout: much\n'
yaml nested 'hidden: 32\nlayers:\n  - 1\n'
yaml mapping 'hidden: {size: 32}\n'
yaml grouped 'model:\n  hidden: 32\n'
yaml twice 'hidden: 32\nhidden: 16\n'
yaml broken 'hidden: 16\nbatch-tokens: [40\n'
yaml tab 'hidden: 16\n\tlanes: 4\n'
yaml quotes 'hidden: \xe2\x80\x9c16\xe2\x80\x9d\n'
yaml equals 'hidden=16\n'
yaml tight 'hidden:16\n'
yaml indented 'hidden: 16\n  layers: 2\n'
yaml comma 'dropout: 0,5\n'
yaml nothing 'hidden:\nlayers: 2\n'
yaml options '--hidden 16\n'
yaml home 'valid: ~/corpus-valid\n'
iconv -f UTF-8 -t UTF-16 small.yml >utf16.yml

metrics=$(evaluate --metric none --corpus corpus-valid 2>&1 | sed "s/^fatal: --metric: 'none' is none of //")

# --- the table ---
try() { # COMMAND STANDARD-ERROR STATUS
    local status=0 error output failed=0
    (eval "$1") </dev/null >"$folder/.stdout" 2>"$folder/.stderr" || status=$?
    error=$(plain <"$folder/.stderr") output=$(head -c 200 "$folder/.stdout")
    rm -f "$folder/.stdout" "$folder/.stderr"
    [ "$error" = "$2" ] && [ "$status" = "$3" ] && [ -z "$output" ] || failed=1
    told "$failed" "$1"
    [ "$failed" = 0 ] ||
        printf '        status %s, wanted %s\n        stdout: %s\n        stderr: %s\n        wanted: %s\n' "$status" "$3" "$output" "$error" "$2"
}

list() { find . -path './new*' -prune -o -type f ! -name '.*' ! -name lock -exec cksum {} + | sort; }
list >.before
mistakes=0 command='' error=''
while IFS= read -r line; do
    case $line in
    '$ '*) command=${line#'$ '} error='' ;;
    '-> '*)
        try "$command" "${error//METRICS/$metrics}" "${line#-> }"
        mistakes=$((mistakes + 1)) command=''
        ;;
    *) [ -z "$command" ] || error=$error${error:+$'\n'}$line ;;
    esac
done <"$CHORUS_SOURCE/tests/commands/mistakes.txt"
claim "the table was read: $mistakes mistakes" test "$mistakes" -ge 60
same_as_before() { cmp .before <(list); }
claim "nothing was changed by them" same_as_before
claim "no corpus and no run was made" test ! -e new

# --- what looks like a mistake and simply works ---
spaced='一个 文件夹'
mkdir "$spaced"
{ printf '\xef\xbb\xbf'; cat train.source; } >"$spaced/源 文.txt"
sed 's/$/\r/' train.target >"$spaced/目标.txt"
strange() { chorus prepare --source "$spaced/源 文.txt" --target "$spaced/目标.txt" --tokenizer words --shards 3 --output "$spaced/语料 库" >strange.log; }
claim "paths with Chinese and spaces, a byte order mark, Windows line ends" strange
claim "give the corpus of the plain text" diff -r corpus "$spaced/语料 库"
claim "with a word on the byte order mark" grep -qx "'$spaced/源 文.txt': a byte order mark at its head was left out" strange.log
claim "and one on the line ends" grep -qx "'$spaced/目标.txt': 300 of its lines end as on Windows; the \\\\r was left out" strange.log
gzip -c train.target >plainly.txt && cp train.source none.gz
misnamed() { chorus prepare --source none.gz --target plainly.txt --tokenizer words --shards 3 --output misnamed >misnamed.log; }
claim "gzip is told by its content, whatever the name" misnamed
claim "and gives the same corpus" diff -r corpus misnamed
{ printf '\xef\xbb\xbf'; sed 's/$/\r/' small.yml; } >windows.yml
checked() { chorus train --check --corpus corpus --valid corpus-valid --threads 1 "$@" | sed -n '/^settings:/,$p'; }
claim "settings from Windows are settings" cmp <(checked --config small.yml) <(checked --config windows.yml)
claim "the later of two options wins" cmp <(checked --config small.yml --hidden 9 --hidden 8) <(checked --config small.yml --hidden 8)
claim "in such a folder a run" quiet chorus train --corpus "$spaced/语料 库" --config small.yml --no-bidirectional --valid corpus-valid --output "$spaced/训练" --threads 1
claim "is translated from" quiet chorus translate --model "$spaced/训练/best.h5" --input "$spaced/源 文.txt" --threads 1
no_environment() { env -i "$CHORUS" score --model run/best.h5 --corpus corpus-valid >alone.txt 2>/dev/null && score --corpus corpus-valid 2>/dev/null | cmp - alone.txt; }
claim "an empty environment is one rank" no_environment

# --- what is remarked upon ---
claim "swapped sides are prepared" eval 'chorus prepare --source valid.target --target valid.source --like corpus --output swapped >swapped.log'
claim "with a warning" grep -qx 'warning: most of the target is unknown: are source and target swapped?' swapped.log
far='^warning: perplexity [0-9.]* is far above the [0-9.]* of guessing by the symbols. frequencies: are source and target swapped, or is it another language?$'
claim "the score of swapped sides is remarked upon" eval 'score --corpus swapped 2>&1 >/dev/null | grep -q "$far"'
refute "that of the right ones is not" eval 'score --corpus corpus-valid 2>&1 >/dev/null | grep "^warning"'
remarked() { chorus train --corpus corpus --valid "$1" --config small.yml --output "run-$1" --threads 1 >"$1.log"; grep -c "$far" "$1.log"; }
claim "so is validation on swapped sides, but not the first two" test "$(remarked swapped)" = 1
claim "and not validation on the right ones" test "$(remarked corpus-valid)" = 0
claim "a text that is both sides is remarked upon" eval 'chorus prepare --source train.source --target ./train.source --output both --tokenizer words | grep -qx "warning: source and target are one file: .\./train.source."'
cores=$(nproc)
crowded() { # THREADS: the log's warning
    ranks 2 "$CHORUS" train --corpus corpus --valid corpus-valid --config small.yml --check --threads "$1" | plain |
        sed "s/'$(hostname)'/'HOST'/" | grep 'on host'
}
many=$((cores + 1))
claim "more threads than cores are warned of, with a cure" test "$(crowded $many | sed 's/share [0-9]* core[s]*/share CORES/' | tr -d '\r')" = \
    "warning: 2 ranks of $many threads share CORES on host 'HOST': fewer ranks or --threads, or for each its own cores: mpirun --map-by slot:PE=$many --bind-to core"

# --- the healthy are quiet: nothing of MPI, HDF5 or OpenBLAS ---
quiet_error() { "$@" </dev/null 2>error >/dev/null && [ ! -s error ] || { cat error; false; }; }
one_line() { "$@" 2>error >/dev/null && [ "$(wc -l <error)" = 1 ] && grep -qE "$pattern" error || { cat error; false; }; }
claim "standard error of prepare is empty" quiet_error chorus prepare --source train.source --target train.target --output sentencepiece
claim "that of training on 2 ranks is empty" quiet_error mpirun -q --oversubscribe -np 2 "$CHORUS" train --corpus corpus --valid corpus-valid --config small.yml --output healthy
pattern='^[0-9]+ sentences in .* tokens/s; [0-9]+ reached the limit of 3 x source \+ 50 tokens$'
claim "that of translate is its summary" one_line translate --input valid.source
pattern='^150 sentences, [0-9]+ tokens, loss .* a character$'
claim "that of score its totals" one_line score --corpus corpus-valid
