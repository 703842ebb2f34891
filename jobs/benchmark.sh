#!/usr/bin/env bash
# benchmark.sh [--what train|translate] [--rounds N] [--core C] [--updates N] [SHAPE ...]: speed of `chorus benchmark` at training, or
# greedy translation, beside PyTorch on the same core, in turn, N rounds (5) of each, N updates or batches (20) a round: the
# figures of README. Shapes: reference, additive, small (all). PyTorch is that of /usr/bin/python3
# (python3-torch of Debian), with the kernel of OpenBLAS that Chorus takes and as installed; and of the Python that CHORUS_PYTHON names
# (a virtual environment with a current release). What is not there is left out. It takes some minutes a round.
set -euo pipefail
cd "$(dirname "$0")/.."
what=train rounds=5 core=0 updates=20 shapes=()
usage() {
    echo "usage: jobs/benchmark.sh [--what train|translate] [--rounds N] [--core C] [--updates N] [reference|additive|small ...]" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --what) [[ ${2:-} =~ ^(train|translate)$ ]] || usage && what=$2 && shift 2 ;;
    --rounds | --core | --updates) [ $# -ge 2 ] || usage && printf -v "${1#--}" %s "$2" && shift 2 ;;
    reference | additive | small) shapes+=("$1") && shift ;;
    *) usage ;;
    esac
done
[ ${#shapes[@]} -gt 0 ] || shapes=(reference additive small)
work=build/benchmark
export OMP_NUM_THREADS=1
unset OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS

if [ -z "${CHORUS:-}" ]; then
    jobs/install.sh >&2
    mkdir -p build
    cmake --preset release >build/benchmark.log || { cat build/benchmark.log >&2 && exit 1; }
    cmake --build --preset release --target chorus >>build/benchmark.log || { tail -50 build/benchmark.log >&2 && exit 1; }
    CHORUS=$PWD/build/release/chorus
fi
own=$("$CHORUS" --version | sed -n 's/.*, kernel //p') # the library's choice, which may be the same
rm -rf "$work"
mkdir -p "$work"

has_torch() { [ -x "$(command -v "$1")" ] && "$1" -c 'import torch' 2>/dev/null; }
peers=()
if has_torch /usr/bin/python3; then peers+=(best installed); fi
if [ -n "${CHORUS_PYTHON:-}" ]; then has_torch "$CHORUS_PYTHON" && peers+=(other) || { echo "no torch in '$CHORUS_PYTHON'" >&2 && exit 1; }; fi

# measure PEER SHAPE: one object on standard output.
measure() {
    local on=(taskset -c "$core") torch=(jobs/benchmark_torch.py "$2" "$updates") vocabulary=8004
    [ "$2" != small ] || vocabulary=10000
    [ "$what" = train ] || torch[0]=jobs/benchmark_torch_translate.py
    case $1 in
    chorus) "${on[@]}" "$CHORUS" benchmark --what "$what" --config "jobs/$2.yml" --vocabulary "$vocabulary" --updates "$updates" \
        --threads 1 --json ;;
    best) "${on[@]}" env OPENBLAS_CORETYPE="$kernel" /usr/bin/python3 "${torch[@]}" ;;
    installed) "${on[@]}" /usr/bin/python3 "${torch[@]}" ;;
    other) "${on[@]}" "$CHORUS_PYTHON" "${torch[@]}" ;;
    esac
}

for shape in "${shapes[@]}"; do
    for round in $(seq "$rounds"); do
        echo "$shape, round $round of $rounds: chorus ${peers[*]}" >&2
        measure chorus "$shape" | tee "$work/last" >>"$work/$shape.chorus"
        kernel=$(sed -n 's/.*"kernel":"\([A-Za-z]*\)".*/\1/p' "$work/last")
        for peer in "${peers[@]}"; do
            [ "$peer $kernel" = "installed $own" ] || measure "$peer" "$shape" >>"$work/$shape.$peer"
        done
    done
done

python3 - "$work" "$what" "$updates" "${shapes[@]}" -- "${peers[@]}" <<'END'
import json, os, statistics, sys
work, what, updates, *words = sys.argv[1:]
shapes, peers = words[:words.index("--")], words[words.index("--") + 1:]
def read(shape, peer):
    return [json.loads(line) for line in open(f"{work}/{shape}.{peer}")]
def spread(values, form="{:,.0f}"):
    return (form + " (" + form + " to " + form + ")").format(statistics.median(values), min(values), max(values))
def rate(o):
    return o["target_tokens_per_second"] if what == "train" else o["tokens"] / o["seconds"]
def peak(o):
    return o["sgemm_peak_gflops"] * 1e9
def row(shape, name, chorus, found, best, of_token, more):
    """best: what the machine could do, by round; of_token: what a token asks of it."""
    for o, other in zip(chorus, found):
        counts = [(c["source_tokens"], c["target_tokens" if what == "train" else "tokens"]) for c in (o, other)]
        assert counts[0] == counts[1], f"{shape}: {name} has computed something else: {counts}"
    ratios = [rate(a) / rate(b) for a, b in zip(chorus, found)]
    share = [100 * rate(o) * of_token / b for o, b in zip(found, best)]
    print(f"| {shape} | {name} | {spread([rate(o) for o in found])} | "
          f"{'' if found is chorus else spread(ratios, '{:.2f}')} | {spread(share, '{:.0f} %')} |{more}")
def rows_of_training(shape, name, chorus, found):
    of_token = statistics.median(o["useful_operations_per_target_token"] for o in chorus)
    memory = statistics.median(o["peak_memory_bytes"] for o in found) / 1e6
    row(shape, name, chorus, found, [peak(o) for o in chorus], of_token, f" {memory:,.0f} MB |")
def rows_of_translating(shape, name, chorus, found):
    for kind, asked, best in (("batches", "useful_operations", [peak(o) for o in chorus]),
                              ("alone", "bytes", [o["triad_bytes_per_second"] for o in chorus])):
        ours = [o[kind] for o in chorus]
        theirs = ours if found is chorus else [o[kind] for o in found]
        row(f"{shape}, {kind}", name, ours, theirs, best, ours[0][asked] / ours[0]["tokens"], "")
if what == "train":
    print("| shape | by | target tokens/s | Chorus is so many times as fast | share of sgemm peak | peak memory |")
    print("|---|---|---|---|---|---|")
else:
    print("| shape | by | target tokens/s | Chorus is so many times as fast | share of sgemm peak; alone: of triad |")
    print("|---|---|---|---|---|")
for shape in shapes:
    chorus = read(shape, "chorus")
    kernel = chorus[0]["kernel"]
    kinds = {"best": f", kernel {kernel}", "installed": ", as installed", "other": ""}
    for peer in ["chorus"] + [p for p in peers if os.path.exists(f"{work}/{shape}.{p}")]:
        found = chorus if peer == "chorus" else read(shape, peer)
        name = f"Chorus, kernel {kernel}" if peer == "chorus" else found[0]["what"] + kinds[peer]
        (rows_of_training if what == "train" else rows_of_translating)(shape, name, chorus, found)
rounds = len(read(shapes[0], "chorus"))
peaks = [o["sgemm_peak_gflops"] for shape in shapes for o in read(shape, "chorus")]
print(f"\nMedians of {rounds} rounds (least to most), {updates} {'updates' if what == 'train' else 'batches, and sentences alone,'} each, "
      f"one thread on one core; sgemm peak {spread(peaks, '{:.0f}')} GFLOP/s.")
END
