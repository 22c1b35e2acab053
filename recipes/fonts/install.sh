#!/bin/sh
# Install the fonts of fonts.toml, beside this script, on Debian and its relatives.
#
#   install.sh [--small] [--folder DIR]
#
# --small       only the few fonts that the tests assume
# --folder DIR  unpack into DIR/usr/share/fonts instead of installing; needs no root. Set fonts.folders in the recipe to it.
set -eu

list=$(dirname "$0")/fonts.toml
small=
folder=
while [ $# -gt 0 ]; do
    case $1 in
    --small) small=yes ;;
    --folder)
        [ $# -ge 2 ] || { echo "install.sh: --folder needs a folder" >&2; exit 2; }
        folder=$2
        shift
        ;;
    *)
        echo "install.sh: $1 is not known; usage: install.sh [--small] [--folder DIR]" >&2
        exit 2
        ;;
    esac
    shift
done

command -v apt-get >/dev/null || { echo "install.sh: apt-get was not found; install the packages in $list by hand" >&2; exit 1; }

wanted=$(sed -n "s/^\(fonts-[a-z0-9.+-]*\) = .*${small:+small = true.*}/\1/p" "$list")
packages=
for package in $wanted; do
    if apt-cache show "$package" >/dev/null 2>&1; then
        packages="$packages $package"
    else
        echo "install.sh: $package is not in this release, left out" >&2
    fi
done
[ -n "$packages" ] || { echo "install.sh: none of the packages is known; run apt-get update first" >&2; exit 1; }

if [ -z "$folder" ]; then
    # shellcheck disable=SC2086 # one word per package is meant
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
    exit
fi

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
downloads=$(mktemp -d)
trap 'rm -rf "$downloads"' EXIT
cd "$downloads"
# shellcheck disable=SC2086
apt-get download $packages
for file in *.deb; do
    dpkg-deb -x "$file" "$folder"
done
