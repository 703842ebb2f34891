#!/usr/bin/env bash
# mpirun.sh RANKS PROGRAM [ARGUMENT ...]: mpirun as the tests need it: more ranks than cores, as root, quiet about
# itself.
ranks=$1
shift
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
exec mpirun -q --oversubscribe --bind-to none -np "$ranks" "$@"
