#!/usr/bin/env bash
# Wrong usage is told before MPI starts, by one rank; help comes on standard output. (What is said of which mistake:
# mistakes.txt.)
. "$(dirname "$0")/lib/claims.sh"

train=("$CHORUS" train --corpus corpus --output run)

several="fatal: 3 wrong settings:
    unknown option '--hiden': did you mean '--hidden'?
    --lanes: 0 is below 1
    --keep: 1 is below 2"

# Of three ranks one speaks.
expect_fatal 2 "fatal: unknown option '--hiden': did you mean '--hidden'?" \
    ranks 3 "${train[@]}" --hiden 3
expect_fatal 2 "$several" ranks 3 "${train[@]}" --hiden 3 --lanes 0 --keep 1
expect_fatal 2 "fatal: unknown command 'trian': did you mean 'train'?" ranks 3 "$CHORUS" trian

claim "nothing was made" test "$(echo *)" = "*"

# Help: on standard output, once, and a reader that has seen enough is no failure.
claim "a closed pipe is no failure of --help" without_reader "$CHORUS" train --help
says() { # PATTERN WORD ...
    "$CHORUS" "${@:2}" | grep -q "$1"
}
claim "help of a command" says '^usage: chorus score' help score
all_have_words() {
    "$CHORUS" prepare --help >help && grep -q -e '^  --features N  *[a-z]' help && ! grep -e '^  --[a-z-]* [A-Z]*  *(default' help
}
claim "each setting has words of its own in the help" all_have_words
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
