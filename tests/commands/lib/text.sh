# A small text of our own, sourced behind claims.sh: parallel lines of words, the target the source backwards in other
# words.
#     make_text NAME LINES SEED      writes NAME.source and NAME.target: 1 to 12 words out of 30
make_text() {
    awk -v lines="$2" -v seed="$3" -v name="$1" 'BEGIN {
        srand(seed)
        for (i = 0; i < lines; i++) {
            n = 1 + int(12 * rand()); source = target = ""
            for (k = 0; k < n; k++) {
                w = int(30 * rand() * rand())
                source = source (k ? " " : "") "s" w
                target = "t" w (k ? " " : "") target
            }
            print source > (name ".source"); print target > (name ".target")
        }
    }'
}

# make_corpora LINES SHARDS: train and valid as corpora 'corpus' and 'corpus-valid', tokenised as words.
make_corpora() {
    make_text train "$1" 1
    make_text valid 150 2
    "$CHORUS" prepare --source train.source --target train.target --tokenizer words --shards "$2" --output corpus >/dev/null &&
        "$CHORUS" prepare --source valid.source --target valid.target --like corpus --output corpus-valid >/dev/null
}
