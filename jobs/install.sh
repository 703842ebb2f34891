#!/usr/bin/env bash
# install.sh [--tests|--fuzz]: installs the packages of Debian or Ubuntu that building and running Chorus need, with
# --tests those of its tests too, with --fuzz those of tests/fuzz/run.sh. Where all are there it does nothing and needs
# no rights.
set -euo pipefail

packages=(
    build-essential cmake ninja-build pkg-config python3
    libopenmpi-dev openmpi-bin
    libopenblas-openmp-dev
    libhdf5-dev hdf5-tools zlib1g-dev
    libsentencepiece-dev libyaml-dev librandom123-dev libxxhash-dev
    libcmocka-dev
)
case "${1:-}" in
"") ;;
--tests) packages+=(clang-format-14 clang-tidy-14 libomp-14-dev cppcheck git patch procps strace python3-h5py) ;;
--fuzz) packages+=(clang-14 libclang-rt-14-dev) ;;
*) echo "usage: jobs/install.sh [--tests|--fuzz]" >&2 && exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || true
    [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing ${missing[*]}"
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
