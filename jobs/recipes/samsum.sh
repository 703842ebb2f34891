# shellcheck shell=bash disable=SC2034
# SAMSum: a dialogue to its summary, with attention and without. ROUGE is left to its own tool (the package rouge-score).
needs=(samsum)
rows=(attention first)
learn=(--joint --vocabulary 6000 --max-length 400)
metrics=perplexity

row() {
    aim=reported
    case $1 in
    first) options=(--context-use first --context last) ;;
    esac
}

convert() {
    python3 - <<'PYTHON'
from recipe import lines, write

for part, name in (("train", "train"), ("dev", "validation"), ("test", "test")):
    write(part, zip(lines(f"samsum/{name}.dialogue"), lines(f"samsum/{name}.summary"), strict=True))
PYTHON
}

score() {
    evaluate
    with_packages rouge-score
    "$packages/bin/python" - <<'PYTHON'
from pathlib import Path
from rouge_score.rouge_scorer import RougeScorer

references, outputs = (Path(name).read_text(encoding="utf-8").split("\n")[:-1] for name in ("text/test.target", "test.output"))
scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
scores = [scorer.score(*pair) for pair in zip(references, outputs, strict=True)]
for name in scores[0]:
    print(f"{name} {100 * sum(score[name].fmeasure for score in scores) / len(scores):.2f}")
PYTHON
}
