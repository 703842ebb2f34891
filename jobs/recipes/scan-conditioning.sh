# shellcheck shell=bash disable=SC2034
# SCAN, the simple split, by every way to hand over the context, with one shape and one schedule: what attention brings,
# and where a fixed context breaks. Figures by the words of a command.
. "$jobs/recipes/scan.sh"
config=scan
rows=(first-last first-mean every-last every-mean additive dot general)

row() {
    aim=compared
    case $1 in
    *-*) options=(--context-use "${1%-*}" --context "${1#*-}") ;;
    *) options=(--attention "$1") ;;
    esac
}

score() {
    evaluate
    paste text/test.source text/test.target test.output | awk -F'\t' '
        { words = split($1, unused, " "); group = words <= 4 ? "1-4" : words <= 6 ? "5-6" : words <= 8 ? "7-8" : "9"
          count[group]++; right[group] += $2 == $3 }
        END { for (group in count) printf "of-%s-words %.2f %%\n", group, 100 * right[group] / count[group] }' | sort
}
