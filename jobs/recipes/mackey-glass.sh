# shellcheck shell=bash disable=SC2034
# The Mackey-Glass series (delay 17), made here, a value a step: 8,000 values to train on, 1,000 each as development and
# test part, each in windows. The model reads 100 values of the test part and goes on by itself for 50; beside its error
# 5 and 50 values ahead stands that of repeating the last one.
task=language-model
format=(--target-format frames)
aim="below repeating"

convert() {
    python3 - <<'PYTHON'
DELAY, STEPS, SETTLED, VALUES = 17, 10, 1000, 10000  # in units of time; Euler's steps in one

series = [1.2] * (DELAY * STEPS + 1)
while len(series) < (DELAY + SETTLED + VALUES) * STEPS:
    late = series[-DELAY * STEPS - 1]
    series.append(series[-1] + (0.2 * late / (1 + late**10) - 0.1 * series[-1]) / STEPS)
values = [f"{value:.6f}" for value in series[::STEPS][-VALUES:]]

def write(name, begin, end, length, apart, taken=None):
    with open(name, "w", encoding="utf-8") as file:
        for at in range(begin, end - length + 1, apart):
            file.write("".join(f"{value}\n" for value in values[at : at + (taken or length)]) + "\n")

write("train.target", 0, 8000, 200, 20)
write("dev.target", 8000, 9000, 200, 20)
write("test.target", 9000, 10000, 150, 10)
write("test.begun", 9000, 10000, 150, 10, 100)
PYTHON
}

score() {
    "$CHORUS" sample --model run/best.h5 --target text/test.begun "${format[@]}" --length 50 >test.output
    awk 'BEGIN { RS = "" } FNR == 1 { file++ } { for (i = 1; i <= NF; i++) value[file, FNR, i] = $i; count = FNR }
        END { for (ahead = 5; ahead <= 50; ahead += 45) {
                  said = repeated = 0
                  for (n = 1; n <= count; n++) {
                      said += (value[1, n, ahead] - value[2, n, 100 + ahead]) ^ 2
                      repeated += (value[2, n, 100] - value[2, n, 100 + ahead]) ^ 2 }
                  printf "rmse-%d %.4f\nrepeating-%d %.4f\n", ahead, sqrt(said / count), ahead, sqrt(repeated / count) } }' \
        test.output text/test.target
}
