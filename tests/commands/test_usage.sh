#!/usr/bin/env bash
# Wrong usage is told on one fatal line (several wrong settings: a block), with status 2, before MPI starts.
. "$(dirname "$0")/lib.sh"

train=("$CHORUS" train --corpus corpus --output run)

expect_fatal 2 "fatal: no command is given: 'chorus --help' lists them" "$CHORUS"
expect_fatal 2 "fatal: unknown command 'trian': did you mean 'train'?" "$CHORUS" trian
expect_fatal 2 "fatal: unknown command 'trian': did you mean 'train'?" "$CHORUS" help trian
expect_fatal 2 "fatal: unknown command 'elephant': 'chorus --help' lists all" "$CHORUS" elephant

expect_fatal 2 "fatal: unknown option '--hiden': did you mean '--hidden'?" "${train[@]}" --hiden 3
expect_fatal 2 "fatal: option '--lanes' belongs to train, not to translate" \
    "$CHORUS" translate --model m --lanes 3
expect_fatal 2 "fatal: --hidden: 'abc' is not a whole number" "${train[@]}" --hidden abc
expect_fatal 2 "fatal: --dropout: 1.5 is above 0.999" "${train[@]}" --dropout 1.5
expect_fatal 2 "fatal: --hidden: a value is missing" "${train[@]}" --hidden
expect_fatal 2 "fatal: --cell: 'lstn' is none of lstm, gru" "${train[@]}" --cell lstn
expect_fatal 2 "fatal: unexpected argument 'more'" "${train[@]}" more
expect_fatal 2 "fatal: --model is missing" "$CHORUS" translate
expect_fatal 2 "fatal: --output is missing" "$CHORUS" train --corpus corpus
expect_fatal 2 "fatal: a path is missing: chorus inspect PATH" "$CHORUS" inspect
expect_fatal 2 "fatal: no text is given: give --source and --target, or --pairs" \
    "$CHORUS" prepare --output corpus

several="fatal: 3 wrong settings:
    unknown option '--hiden': did you mean '--hidden'?
    --lanes: 0 is below 1
    --keep: 1 is below 2"
expect_fatal 2 "$several" "${train[@]}" --hiden 3 --lanes 0 --keep 1

printf 'hidden: 32\nhiden: 3\ndropout: much\n' >wrong.yml
printf 'hidden: 32\nlayers:\n  - 1\n' >nested.yml
printf 'hidden: 32\nhidden: 16\n' >twice.yml
printf 'hidden: [32\n' >broken.yml
expect_fatal 2 "fatal: 2 wrong settings:
    wrong.yml: line 2: unknown setting 'hiden': did you mean 'hidden'?
    wrong.yml: line 3: dropout: 'much' is not a number" "${train[@]}" --config wrong.yml
expect_fatal 2 "fatal: nested.yml: line 3: a list where a value belongs" \
    "${train[@]}" --config nested.yml
expect_fatal 2 "fatal: twice.yml: line 2: 'hidden' is already on line 1" \
    "${train[@]}" --config twice.yml
expect_fatal 2 "fatal: broken.yml: line 1: a list where a value belongs" \
    "${train[@]}" --config broken.yml
expect_fatal 2 "fatal: config 'none.yml': No such file or directory" \
    "${train[@]}" --config none.yml
mkdir folder.yml
expect_fatal 2 "fatal: config 'folder.yml': Is a directory" "${train[@]}" --config folder.yml

# Of three ranks one speaks.
expect_fatal 2 "fatal: unknown option '--hiden': did you mean '--hidden'?" \
    ranks 3 "${train[@]}" --hiden 3
expect_fatal 2 "$several" ranks 3 "${train[@]}" --hiden 3 --lanes 0 --keep 1
expect_fatal 2 "fatal: unknown command 'trian': did you mean 'train'?" ranks 3 "$CHORUS" trian

made() {
    [ "$(echo *)" = "broken.yml folder.yml nested.yml twice.yml wrong.yml" ]
}
claim "nothing was made" made

# Help: on standard output, once, and a reader that has seen enough is no failure.
claim "a closed pipe is no failure of --help" without_reader "$CHORUS" train --help
says() { # PATTERN WORD ...
    "$CHORUS" "${@:2}" | grep -q "$1"
}
claim "help of a command" says '^usage: chorus score' help score
claim "the version" says '^Chorus [0-9]' --version
one_help() {
    ranks 3 "$CHORUS" --help >help && [ "$(grep -c '^usage: chorus COMMAND' help)" = 1 ]
}
claim "of three ranks one prints the help" one_help
no_room() {
    [ -c /dev/full ] && { ! "$CHORUS" --help >/dev/full 2>error; } &&
        grep -q '^fatal: standard output: No space left on device$' error
}
claim "help that cannot be written is a failure" no_room
