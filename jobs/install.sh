#!/usr/bin/env bash
# install.sh [--tests|--fuzz|--aarch64]: installs the packages of Debian or Ubuntu that building and running Chorus need,
# with --tests those of its tests too, with --fuzz those of tests/fuzz/run.sh. Where all are there it does nothing and
# needs no rights. --aarch64 is for tests/aarch64.sh: the cross compiler and qemu, and the libraries for aarch64,
# unpacked into build/aarch64-root, so that they change nothing of this host.
set -euo pipefail

libraries=(
    libopenmpi-dev libopenblas-openmp-dev libhdf5-dev zlib1g-dev libsentencepiece-dev libyaml-dev librandom123-dev
    libxxhash-dev libcmocka-dev
)
packages=(
    build-essential cmake ninja-build pkg-config python3 openmpi-bin hdf5-tools
    "${libraries[@]}"
)
case "${1:-}" in
"") ;;
--tests) packages+=(clang-format-14 clang-tidy-14 libomp-14-dev cppcheck git patch procps strace python3-h5py libdnnl-dev) ;;
--fuzz) packages+=(clang-14 libclang-rt-14-dev) ;;
--aarch64) packages+=(gcc-aarch64-linux-gnu g++-aarch64-linux-gnu qemu-user) ;;
*) echo "usage: jobs/install.sh [--tests|--fuzz|--aarch64]" >&2 && exit 2 ;;
esac

install_missing() {
    local missing=() package status as_root=()
    for package in "${packages[@]}"; do
        status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || true
        [ "$status" = "install ok installed" ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing ${missing[*]}"
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# With folders of its own apt believes in an aarch64 machine on which nothing is installed. Programs are left out.
unpack_aarch64() { # FOLDER
    local work=$1.part packages package link
    [ ! -e "$1" ] || return 0
    echo "unpacking the libraries for aarch64 into $1"
    rm -rf "$work"
    mkdir -p "$work"/{lists/partial,archives/partial,root}
    : >"$work/status"
    printf '%s;\n' 'APT::Architecture "arm64"' 'APT::Architectures { "arm64"; }' 'APT::Sandbox::User "root"' \
        "Dir::State \"$work\"" "Dir::State::status \"$work/status\"" "Dir::Cache \"$work\"" >"$work/apt.conf"
    export APT_CONFIG=$work/apt.conf
    apt-get update -q
    mapfile -t packages < <(apt-get install -s --no-install-recommends "${libraries[@]}" |
        awk '/^Inst/ { print $2 }' | grep -E '^(lib|zlib1g|linux-libc-dev|ocl-icd|ibverbs)')
    [ ${#packages[@]} -gt 0 ] || { echo "no packages for arm64 in this system's sources" && exit 1; }
    (cd "$work/archives" && apt-get download -q "${packages[@]}")
    for package in "$work"/archives/*.deb; do dpkg -x "$package" "$work/root"; done
    (cd "$work/root" && find . -type l -lname '/*' | while IFS= read -r link; do
        ln -snfr ".$(readlink "$link")" "$link"
    done)
    mv "$work/root" "$1"
    rm -rf "$work"
}

install_missing
[ "${1:-}" != --aarch64 ] || unpack_aarch64 "$(cd "$(dirname "$0")/.." && pwd)/build/aarch64-root"
