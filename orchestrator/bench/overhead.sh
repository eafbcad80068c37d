#!/bin/sh
# Measures what `openconfirm check` costs besides the commands it runs: wall time of the whole program less the steps on the
# critical path, for one patch on one target. Once with nothing known, then with the base known.
# usage: overhead.sh REPO RANGE PROJECT TARGET [ROUNDS]; needs python3 to read the results.
# Goal: at most 2 s a target plus 5 % of the critical path.
set -eu
repo=$1 range=$2 project=$3 target=$4 rounds=${5:-3}
program=${OPENCONFIRM:-$(dirname "$0")/../../openconfirm}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

once() {
    start=$(date +%s.%N)
    "$program" --data "$work/data" check --git "$repo" "$range" --project "$project" --targets "$target" \
        --out "$work/out" --json >"$work/result.json" 2>"$work/log" || [ $? -eq 1 ] || { cat "$work/log"; exit 1; }
    end=$(date +%s.%N)
    python3 - "$1" "$start" "$end" "$work/result.json" <<'PY'
import json, sys
label, start, end, result = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), json.load(open(sys.argv[4]))
sides = {}
for name, value in result["figures"].items():
    if name.endswith("Seconds") and name.count(".") == 2:
        side = name.split(".")[1]
        sides[side] = sides.get(side, 0) + value
path = max(sides.values())
wall = end - start
over = wall - path
print(f"{label}: wall {wall:.1f} s, critical path {path:.1f} s, overhead {over:.2f} s, "
      f"allowed {2 + 0.05 * path:.2f} s: {'ok' if over <= 2 + 0.05 * path else 'MISSED'}")
PY
}

once "nothing known"
round=1
while [ "$round" -le "$rounds" ]; do
    once "base known $round"
    round=$((round + 1))
done
