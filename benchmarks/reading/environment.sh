#!/bin/sh
# Make the environment of `python -m benchmarks.reading` in the folder DIR:
#   sh benchmarks/reading/environment.sh DIR
# Tesseract's language files come from the system's package; everything else from the Python package index.
set -eu

directory=${1:?"usage: sh benchmarks/reading/environment.sh DIR"}
root=$(cd "$(dirname "$0")/../.." && pwd)

if ! command -v tesseract >/dev/null 2>&1; then
    packages="tesseract-ocr tesseract-ocr-eng tesseract-ocr-kor"
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -q
        # Word splitting is wanted: these are three packages.
        # shellcheck disable=SC2086
        apt-get install -q -y --no-install-recommends $packages
    else
        echo "tesseract is not installed; install the system packages: $packages" >&2
        exit 1
    fi
fi

python3 -m venv "$directory"
pip() {
    "$directory/bin/python" -m pip install --disable-pip-version-check -q "$@"
}
# First and alone: cleval asks for any torch, and pip would choose the largest.
pip "torch==2.13.0"
pip -r "$root/benchmarks/requirements-reading.txt"
pip -e "$root[ppocr,openvino]"

echo "ready: $directory/bin/python -m benchmarks.reading --data FOLDER"
