#!/usr/bin/env bash
# growth.sh [--core C] [--updates N] [hidden|batch-tokens|vocabulary|length ...]: how the time and the memory of training
# grow with each of these: measures `chorus benchmark` at each point, one thread on one core, and writes the tables of
# GROWTH.md. Some ten minutes for all of them. What was measured with the same program stays in build/growth, so an
# interrupted start goes on where it was; CHORUS names a program that is already built.
set -euo pipefail
cd "$(dirname "$0")/.."
core=0 updates=5 tables=()
usage() { echo "usage: jobs/growth.sh [--core C] [--updates N] [hidden|batch-tokens|vocabulary|length ...]" >&2 && exit 2; }
while [ $# -gt 0 ]; do
    case $1 in
    --core | --updates) [ $# -ge 2 ] || usage && printf -v "${1#--}" %s "$2" && shift 2 ;;
    hidden | batch-tokens | vocabulary | length) tables+=("$1") && shift ;;
    *) usage ;;
    esac
done
[ ${#tables[@]} -gt 0 ] || tables=(hidden batch-tokens vocabulary length)
work=build/growth
export OMP_NUM_THREADS=1
unset OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS
mkdir -p "$work"

if [ -z "${CHORUS:-}" ]; then
    jobs/install.sh >&2
    cmake --preset release >build/growth.log || { cat build/growth.log >&2 && exit 1; }
    cmake --build --preset release --target chorus >>build/growth.log || { tail -50 build/growth.log >&2 && exit 1; }
    CHORUS=$PWD/build/release/chorus
fi

# The base, of which each table changes one thing. No micro-batch is cut by its sentences.
base=(--config jobs/reference.yml --layers 1 --embedding 256 --hidden 256 --vocabulary 8000 --length 40 --batch-tokens 1000
    --batch-sentences 10000)
points_of() {
    case $1 in
    hidden) echo 128 256 512 1024 2048 ;;
    batch-tokens) echo 250 500 1000 2000 4000 8000 16000 ;;
    vocabulary) echo 1000 4000 8000 16000 32000 64000 ;;
    length) echo 5 10 20 40 80 160 400 ;;
    esac
}
for table in "${tables[@]}"; do
    for point in $(points_of "$table"); do
        result=$work/$table-$point.json more=()
        # Many short sentences and few long ones, but each length in micro-batches of as many tokens.
        [ "$table" != length ] || more=(--batch-tokens 4000)
        [ ! "$result" -nt "$CHORUS" ] || continue
        echo "$table $point" >&2
        taskset -c "$core" "$CHORUS" benchmark "${base[@]}" "${more[@]}" --"$table" "$point" --updates "$updates" --threads 1 --json \
            >"$work/part"
        mv "$work/part" "$result"
    done
done

python3 - "$work" "${tables[@]}" <<'END'
import json, re, statistics, subprocess, sys
work, tables = sys.argv[1], sys.argv[2:]
page = open("GROWTH.md").read()
points = {}
for line in open("jobs/growth.sh"):
    found = re.match(r"    (\S+)\) echo ([\d ]+) ;;", line)
    if found:
        points[found[1]] = [int(word) for word in found[2].split()]

def row(point, o):
    seconds, work_of_token = 1 / o["target_tokens_per_second"], o["useful_operations_per_target_token"]
    largest = max(o["parts"], key=lambda part: o["parts"][part]["share"])
    return (f"| {point:,} | {1e6 * seconds:,.0f} | {work_of_token / 1e6:,.1f} | {1e12 * seconds / work_of_token:,.0f} | "
            f"{100 * o['share_of_peak']:.0f} % | {largest} {100 * o['parts'][largest]['share']:.0f} % | "
            f"{o['parameters'] / 1e6:,.1f} | {o['peak_memory_bytes'] / 1e6:,.0f} |\n")

for table in tables:
    rows = "".join(row(point, json.load(open(f"{work}/{table}-{point}.json"))) for point in points[table])
    head = (f"| {table} | µs a target token | million useful operations a token | ns a thousand of them | share of sgemm peak | "
            "largest part | million parameters | peak memory, MB |\n|---|---|---|---|---|---|---|---|\n")
    begin, end = f"<!-- table {table} -->\n", "<!-- end -->"
    before, rest = page.split(begin)
    page = before + begin + head + rows + rest[rest.index(end):]

every = [json.load(open(f"{work}/{table}-{point}.json")) for table in tables for point in points[table]]
peaks = sorted(o["sgemm_peak_gflops"] for o in every)
names = re.findall(r"^model name\s*: (.*)$", open("/proc/cpuinfo").read(), re.M) or [subprocess.getoutput("uname -m")]
measured = (f"{names[0]}, one thread on one core, kernel {every[0]['kernel']}, sgemm peak beside it {statistics.median(peaks):.0f} "
            f"GFLOP/s ({peaks[0]:.0f} to {peaks[-1]:.0f}).\n")
if peaks[-1] > 1.3 * peaks[0]:
    measured += "Others used this machine meanwhile: times compare badly from row to row, shares of peak only somewhat better.\n"
begin = "<!-- measured -->\n"
before, rest = page.split(begin)
open("GROWTH.md", "w").write(before + begin + measured + rest[rest.index("<!-- end -->"):])
END
