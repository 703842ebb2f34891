#!/usr/bin/env bash
# Text from labels, features and vectors; and values as outputs: one for each input, one a step, frames that are decoded.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/tasks.sh"
make_toys train 250 1
make_toys valid 50 2

toy spell generate "--source %.label --target %.spelled" "--task generate --source-tokenizer lines --target-tokenizer words" "" "" exact-match "x > 0.95"
toy set generate "--source %.set --target %.sorted" "--task generate --tokenizer words" "--context-use attention" "" exact-match "x > 0.95"
toy phrase generate "--source %.vector --source-format vectors --target %.side" "--task generate --target-tokenizer words" "" "--source-format vectors" exact-match "x > 0.9"
toy hot translate "--source %.frames --source-format frames --target %.hot" "--target-tokenizer words" "" "--source-format frames" perplexity "x < 1.6"
toy line classify "--source %.vector --source-format vectors --target %.line --target-format vectors" "--task classify" "" "--source-format vectors" r2 "x > 0.9"
claim "a validation says the loss, and how far off" grep -Eq '"validation_loss":[0-9.]+,"rmse":[0-9.]+,' line.run/metrics.jsonl
refute "but no perplexity" grep -q perplexity line.run/metrics.jsonl
claim "in the units of the text" reported line.run rmse
off() { # evaluate's, from the two texts
    paste -d' ' line.outputs valid.line | awk '{ for (k = 1; k <= 2; k++) { e = $k - $(k + 2); sum += e * e; sizes += e < 0 ? -e : e } }
        END { printf "%.4f %.4f\n", sqrt(sum / NR / 2), sizes / NR / 2 }'
}
said() { "$CHORUS" evaluate --model line.run/best.h5 --source valid.vector --source-format vectors --target valid.line --target-format vectors 2>/dev/null | awk '/rmse|mae/ { print $2 }' | xargs; }
claim "which are those of the outputs: $(off)" test "$(said)" = "$(off)"
toy step tag "--source %.frames --source-format frames --target %.sums --target-format frames" "--task tag" "--valid-metric rmse" "--source-format frames" r2 "x > 0.9"
claim "rmse steers, if told" eval '"$CHORUS" inspect step.run/best.h5 | grep -Eq "^  best validation +rmse [0-9.]+ at update"'
claim "what it writes can be read again" quiet "$CHORUS" prepare --task tag --source step.outputs --source-format frames --target valid.sums --target-format frames --output again
updates=200
toy sketch generate "--source %.label --target %.label-frames --target-format frames" "--task generate --source-tokenizer lines" "" "" rmse "x < 0.4"
claim "as many frames as wanted" cmp <(sed 's/.\+/frame/' sketch.outputs) <(sed 's/.\+/frame/' valid.label-frames)
toy speak translate "--source %.numbers --target %.number-frames --target-format frames" "--source-tokenizer words" "" "" r2 "x > 0.8"
