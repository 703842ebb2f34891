#!/usr/bin/env bash
# Limits of a host: memory that a run would need and that is not there, address space, file descriptors. And ranks that were started
# differently.
. "$(dirname "$0")/lib.sh"
. "$CHORUS_SOURCE/tests/commands/text.sh"
. "$CHORUS_SOURCE/tests/commands/run.sh"

quiet() { timeout -k 2 60 "$@" >/dev/null; }
nothing_at() { [ -z "$(ls -d "$1"* 2>/dev/null)" ]; }
cat >settings.yml <<'YAML'
embedding: 16
hidden: 16
batch-tokens: 40
lanes: 4
updates: 3
threads: 1
YAML
claim "corpora are prepared" make_corpora 300 3
train_alone() { quiet "$CHORUS" train --corpus corpus --config settings.yml "$@"; }
one_line() { # STATUS PATTERN COMMAND ...
    local wanted=$1 pattern=$2 seen status=0
    shift 2
    seen=$("$@" 2>&1) || status=$?
    echo "status $status: $seen"
    [ "$status" = "$wanted" ] && [ "$(wc -l <<<"$seen")" = 1 ] && [[ "$seen" =~ $pattern ]]
}

# --- more memory than there is ---
too_large="^fatal: memory: the run needs about [0-9.]+ [GT]B on this host \(1 rank x \(weights .*, gradients and exchange .*, moments .*, a micro-batch .*\)\), and [0-9.]+ .B are there: fewer ranks on a host, a smaller model or fewer batch-tokens$"
huge=(--hidden 60000 --embedding 4000)
claim "a run that the host has no memory for is refused" one_line 1 "$too_large" train_alone "${huge[@]}" --output large
claim "by --check too" one_line 1 "$too_large" train_alone "${huge[@]}" --check
on_two() { ranks 2 "$CHORUS" train --corpus corpus --config settings.yml "${huge[@]}" --output large; }
claim "ranks of a host count together" one_line 1 "^fatal: rank 0 of 2 \(.*\): memory: .*\(2 ranks x " on_two
claim "before anything is written" nothing_at large
addresses() { (ulimit -v 600000 && quiet "$CHORUS" train --corpus corpus --threads 2 --lanes 4 --updates 2 --output large); }
claim "a limit of address space is known" one_line 1 "^fatal: memory: a rank needs about .* of address space \(.*, 2 threads\), and its limit \(ulimit -v\) leaves " \
    addresses
claim "before anything is written" nothing_at large

# --- what is said is what is used ---
measured() { # OPTION ...: resident memory within a fifth of what was said, beside some 35 MB of libraries
    CHORUS_HOOK="update.end -1 0 count" "$CHORUS_HOOKS" train --corpus corpus --threads 1 --updates 8 --output measured "$@" 2>counts >log || return 1
    rm -rf measured
    awk '/memory a rank/ { sub(/.*memory a rank: /, ""); while (match($0, /[0-9.]+ .?B/)) {
             split(substr($0, RSTART, RLENGTH), part, " "); said += part[1] * (part[2] == "MB" ? 1e6 : part[2] == "kB" ? 1e3 : 1)
             $0 = substr($0, RSTART + RLENGTH) } }
         /^update.end/ { used = $6 }
         END { print "said", said, "used", used; exit !(used > 0.8 * said && used < 1.2 * said + 45e6) }' log counts
}
if [ -n "$CHORUS_HOOKS" ]; then
    claim "a small model takes what is said" measured --embedding 16 --hidden 16 --batch-tokens 40 --lanes 4
    claim "a large one too" measured --lanes 2 --hidden 640
fi

# --- many shards, few descriptors ---
many() { quiet "$CHORUS" prepare --source train.source --target train.target --tokenizer words --shards 1000 --output many; }
few() { (ulimit -n 64 && "$@"); }
claim "1,000 shards are prepared with 64 descriptors" few many
claim "and trained from" few quiet "$CHORUS" train --corpus many --config settings.yml --output of-many

# --- ranks that were started differently ---
two() { # OPTIONS of rank 1
    timeout -k 2 60 mpirun -q --oversubscribe --bind-to none -np 1 "$CHORUS" train --corpus corpus --config settings.yml --output two : \
        -np 1 "$CHORUS" "$@"
}
expect_fatal 2 "fatal: rank 1 of 2 (HOST): --seed is '2' here, but '1' on rank 0: start all ranks alike" \
    two train --corpus corpus --config settings.yml --output two --seed 2
sed 's/updates: 3/updates: 4/' settings.yml >other.yml
expect_fatal 2 "fatal: rank 1 of 2 (HOST): --updates is '4' here, but '3' on rank 0: start all ranks alike" \
    two train --corpus corpus --config other.yml --output two
expect_fatal 2 "fatal: rank 1 of 2 (HOST): command is 'score' here, but 'train' on rank 0: start all ranks alike" \
    two score --model none --corpus corpus
expect_fatal 2 "fatal: rank 1 of 2 (HOST): config 'none.yml': No such file or directory" \
    two train --corpus corpus --config none.yml --output two
claim "and no run was made" nothing_at two
