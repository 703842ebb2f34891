# shellcheck shell=bash disable=SC2034
# The Mackey-Glass series (delay 17), made here, a value a step: 8,000 to train on, 1,000 each as development and test
# part. Beside the error of the next value stands that of repeating the last one.
task=language-model
format=(--stream --target-format frames)
metrics=rmse
aim="below repeating"

convert() {
    python3 - <<'PYTHON'
DELAY, STEPS, SETTLED, VALUES = 17, 10, 1000, 10000  # in units of time; Euler's steps in one

series = [1.2] * (DELAY * STEPS + 1)
while len(series) < (DELAY + SETTLED + VALUES) * STEPS:
    late = series[-DELAY * STEPS - 1]
    series.append(series[-1] + (0.2 * late / (1 + late**10) - 0.1 * series[-1]) / STEPS)
values = [f"{value:.6f}" for value in series[::STEPS][-VALUES:]]
for part, begin, end in (("train", 0, 8000), ("dev", 8000, 9000), ("test", 9000, 10000)):
    with open(f"{part}.target", "w", encoding="utf-8") as file:
        file.write("".join(f"{value}\n" for value in values[begin:end]))
PYTHON
}

score() {
    evaluate
    awk 'NR > 1 { sum += ($1 - last) ^ 2 } { last = $1 } END { printf "rmse-repeating %.6f\n", sqrt(sum / (NR - 1)) }' \
        text/test.target
}
