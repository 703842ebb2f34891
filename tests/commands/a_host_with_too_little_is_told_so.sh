#!/usr/bin/env bash
# Limits of a host: memory that a run would need and that is not there, address space, file descriptors. And ranks that
# were started differently.
. "$(dirname "$0")/lib/claims.sh"
. "$CHORUS_SOURCE/tests/commands/lib/text.sh"
. "$CHORUS_SOURCE/tests/commands/lib/run.sh"

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
within() { # KIB COMMAND ...
    (ulimit -v "$1" && shift && timeout -k 2 20 "$@")
}
guarded() { within 4000000 "$@"; } # a check that is broken must not fill the host
train_huge() { guarded "$CHORUS" train --corpus corpus --config settings.yml "${huge[@]}" "$@" >/dev/null; }
claim "a run that the host has no memory for is refused" one_line 1 "$too_large" train_huge --output large
claim "by --check too" one_line 1 "$too_large" train_huge --check
on_two() { guarded "$CHORUS_SOURCE/tests/mpirun.sh" 2 "$CHORUS" train --corpus corpus --config settings.yml "${huge[@]}" --output large; }
claim "ranks of a host count together" one_line 1 "^fatal: rank 0 of 2 \(.*\): memory: .*\(2 ranks x " on_two
claim "before anything is written" nothing_at large
addresses() { (ulimit -v 600000 && quiet "$CHORUS" train --corpus corpus --threads 2 --lanes 4 --updates 2 --output large); }
claim "a limit of address space is known" one_line 1 "^fatal: memory: a rank needs about .* of address space \(.*, 2 threads\), and its limit \(ulimit -v\) leaves " \
    addresses
claim "before anything is written" nothing_at large

# --- address space, from what the program cannot even be loaded with to what is enough: an end with one line, or a whole run ---
no_room="^fatal: memory: OpenBLAS needs [0-9.]+ MB of address space to be loaded, and its limit \(ulimit -v\) leaves [0-9.]+ .?B: a higher limit$"
for limit in 200000 300000; do
    claim "with $limit KiB the program ends before OpenBLAS is loaded" one_line 1 "$no_room" within $limit "$CHORUS" --version
done
small_rank() { [ "$OMPI_COMM_WORLD_RANK" = 0 ] && exec "$@"; ulimit -v 200000 && exec "$@"; }
export -f small_rank
one_small() { timeout -k 2 20 "$CHORUS_SOURCE/tests/mpirun.sh" 2 bash -c 'small_rank "$@"' - "$CHORUS" train --corpus corpus --config settings.yml --output small; }
claim "so does a rank alone, which is named" one_line 1 "^fatal: rank 1 of 2 \(.*\): memory: OpenBLAS needs " one_small
both_small() {
    timeout -k 2 20 "$CHORUS_SOURCE/tests/mpirun.sh" 2 bash -c 'ulimit -v 200000 && exec "$@"' - "$CHORUS" train --corpus corpus --config settings.yml --output small
}
claim "where all ranks do, one speaks" one_line 1 "$no_room" both_small
well_or_one_line() { # KIB COMMAND ...
    local seen status=0
    seen=$(within "$@" 2>&1 >/dev/null) || status=$?
    echo "status $status: $seen"
    [ $status = 0 ] || { [ $status = 1 ] && [ "$(wc -l <<<"$seen")" = 1 ] && [[ "$seen" == fatal:\ * ]]; }
}
claim "a run with a checkpoint" train_alone --output enough
for limit in 400000 500000 560000; do
    claim "a run within $limit KiB" well_or_one_line $limit "$CHORUS" train --corpus corpus --config settings.yml --checkpoint-interval 1 --output within
    claim "a translation" well_or_one_line $limit "$CHORUS" translate --model enough/last.h5 --threads 1 --input train.source --output translated
    claim "a corpus" well_or_one_line $limit "$CHORUS" prepare --source train.source --target train.target --vocabulary 100 --output pieces
    if [ -e within ]; then claim "leaves a valid checkpoint" quiet "$CHORUS" inspect --check within/last.h5; fi
    rm -rf within pieces
done
threads_wanted() { within 450000 "$CHORUS" "$@" --threads 1 >/dev/null; }
few_addresses="^fatal: memory: a rank needs about [0-9.]+ MB of address space \(1 thread\), and its limit \(ulimit -v\) leaves [0-9.]+ .?B: "
claim "translating is refused where a product could not be computed" one_line 1 "$few_addresses" threads_wanted translate --model enough/last.h5 --input train.source
claim "and scoring" one_line 1 "$few_addresses" threads_wanted score --model enough/last.h5 --corpus corpus

# --- what is said is what is used ---
said_batch() { # CORPUS: bytes
    "$CHORUS" train --corpus "$1" --config settings.yml --check | tr k K | sed -n 's/.*a micro-batch \([0-9.]*\) \([KMG]\)B.*/\1\2/p' | numfmt --from=si
}
{ cat train.source; yes s1 | head -150 | xargs; } >longer.source
{ cat train.target; yes t1 | head -150 | xargs; } >longer.target
claim "a corpus with one long sentence" quiet "$CHORUS" prepare --source longer.source --target longer.target --tokenizer words --shards 3 --output longer
longest_counts() { echo "$(said_batch corpus) $(said_batch longer)"; [ "$(said_batch longer)" -gt "$((2 * $(said_batch corpus)))" ]; }
claim "needs the memory of that sentence" longest_counts
libraries=45 # MB at most
measured() { # CORPUS OPTION ...: resident memory within a fifth of what was said, beside the libraries'
    CHORUS_HOOK="update.end -1 0 count" "$CHORUS_HOOKS" train --corpus "$1" --threads 1 --updates 8 --output measured "${@:2}" 2>counts >log || return 1
    rm -rf measured
    awk -v libraries=$libraries '/memory a rank/ { sub(/.*memory a rank: /, ""); while (match($0, /[0-9.]+ .?B/)) {
             split(substr($0, RSTART, RLENGTH), part, " "); said += part[1] * (part[2] == "MB" ? 1e6 : part[2] == "kB" ? 1e3 : 1)
             $0 = substr($0, RSTART + RLENGTH) } }
         /^update.end/ { used = $6 }
         END { print "said", said, "used", used; exit !(used > 0.8 * said && used < 1.2 * said + 1e6 * libraries) }' log counts
}
if [ -n "$CHORUS_HOOKS" ]; then
    claim "a small model takes what is said" measured corpus --embedding 16 --hidden 16 --batch-tokens 40 --lanes 4
    claim "a large one too" measured corpus --lanes 2 --hidden 640
fi

# --- many shards, few descriptors ---
make_text full 6000 3 # hardly a shard is empty
many() { quiet "$CHORUS" prepare --source full.source --target full.target --tokenizer words --shards 1500 --output many; }
few() { (ulimit -n 64 && "$@"); }
claim "1,500 shards are prepared with 64 descriptors" few many
claim "and listed" few timeout 20 "$CHORUS" inspect many
if [ -z "$CHORUS_HOOKS" ]; then
    claim "and trained from" few quiet "$CHORUS" train --corpus many --config settings.yml --output of-many
else
    libraries=85 # and 32 open files, and 3 kB for each shard
    claim "and trained from, in little memory" few measured many --embedding 16 --hidden 16 --batch-tokens 40 --lanes 4
fi

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
