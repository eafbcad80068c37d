#!/bin/sh
# Measures how fast and how large `openconfirm series` reads 20,000 mails (100 MB).
# usage: series.sh [MAILS] [MEGABYTES] [SEED]; OPENCONFIRM=/path/to/openconfirm measures that program instead of the harness.
# Needs GNU time (Debian package "time").
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mails=${1:-20000} megabytes=${2:-100} seed=${3:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build "$here/SeriesBench" -c Release -v q -o "$work/bin" >/dev/null
"$work/bin/series-bench" generate "$work/list.mbox" "$mails" "$megabytes" "$seed"
echo "mbox: $(grep -c '^From ' "$work/list.mbox") mails, $(stat -c %s "$work/list.mbox") bytes"
for form in "" --json; do
    for round in 1 2 3; do
        /usr/bin/time -f "series $form: %e s wall, %U s user, %M kB peak" \
            "${OPENCONFIRM:-$work/bin/series-bench}" series "$work/list.mbox" $form >"$work/out$form"
    done
done
tail -1 "$work/out"
awk '/"bodyBytes"/ { sum += $2 } END { printf "patch bodies held: %d bytes\n", sum }' "$work/out--json"
