#!/usr/bin/env bash
# Tags and labels, for words, characters, features and vectors: from files to outputs (tasks.sh says what is claimed of each).
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/tasks.sh"
make_toys train 250 1
make_toys valid 50 2

toy tag tag "--source %.words --target %.tags" "--task tag" "" "" accuracy "x > 0.95"
claim "a validation says accuracy and F1 of spans" grep -Eq '"accuracy":[0-9.]+,"span-f1":[0-9.]+,' tag.run/metrics.jsonl
claim "the best is the most accurate" reported tag.run accuracy
claim "with the F1 that evaluate says" reported tag.run span-f1
claim "inspect knows" eval '"$CHORUS" inspect tag.run/best.h5 | grep -Eq "^  best validation +accuracy [0-9.]+ % at update"'
toy conll "" "--source %.conll --format conll --columns 1,2" "--task tag" "--cell gru" "" accuracy "x > 0.95"
claim "columns are the two texts" diff -r tag.train conll.train
toy letters tag "--source %.letters --target %.letter-tags" "--task tag --source-tokenizer characters" "--readout 8" "" accuracy "x > 0.95"
claim "tags without spans have no F1" test "$(grep -c span-f1 letters.run/metrics.jsonl letters.run.json | grep -vc ':0$')" = 0
toy frames tag "--source %.frames --source-format frames --target %.hot" "--task tag" "" "--source-format frames" accuracy "x > 0.9"
toy label classify "--source %.words --target %.cats" "--task classify --source-tokenizer words" "--pooling max" "" accuracy "x > 0.95"
claim "labels of several words are whole" grep -q '"reference":"has a cat","output":"has a cat"' label.run.json
claim "a validation says accuracy and macro F1" grep -Eq '"accuracy":[0-9.]+,"macro-f1":[0-9.]+,' label.run/metrics.jsonl
claim "with the F1 that evaluate says" reported label.run macro-f1
probabilities() { # the label is that of the highest, and they add up to 1
    "$CHORUS" classify --model label.run/best.h5 --input valid.words --threads 1 --probabilities 2>/dev/null | awk -F'\t' '{
        sum = most = 0
        for (i = 2; i <= NF; i++) { split($i, part, "="); sum += part[2]; if (part[2] > most) { most = part[2]; best = part[1] } }
        if (NF != 3 || best != $1 || sum < 0.9999 || sum > 1.0001) exit 1
    } END { exit NR != 50 }'
}
claim "probabilities on request" probabilities
toy last classify "--source %.frames --source-format frames --target %.last" "--task classify --stack 2" "" "--source-format frames" accuracy "x > 0.8"
toy vector classify "--source %.vector --source-format vectors --target %.side" "--task classify" "" "--source-format vectors" accuracy "x > 0.9"
claim "one vector needs no recurrence" eval '"$CHORUS" inspect --json vector.run/best.h5 | grep -q "\"name\":\"readout.weight\"" && ! "$CHORUS" inspect --json vector.run/best.h5 | grep -q encoder\\.0'
updates=300
toy two classify "--source %.held --second %.question --target %.answer" "--task classify --source-tokenizer words" "--readout 16" "--second valid.question" accuracy "x > 0.95"
toy asked translate "--source %.held --second %.question --target %.answer" "--tokenizer words" "--attention additive" "--second valid.question" exact-match "x > 0.95"
