#!/bin/sh
# Measures how soon `openconfirm check` gives its early answer, beside what the same series costs built clean.
# "early" is the wall time from the start of the program to the early verdict, "clean" the patched tree's steps from clean
# machines (the slowest target), "confirmed" the wall time to the mail. Images and base are made warm first.
# usage: early.sh REPO RANGE PROJECT TARGETS [ROUNDS]; needs python3 to read the results. Run it on a quiet machine.
# Goal: early at most 25 % of clean for BIRD, 10 % for FRR.
set -eu
repo=$1 range=$2 project=$3 targets=$4 rounds=${5:-3}
program=${OPENCONFIRM:-$(dirname "$0")/../../openconfirm}
work=$(mktemp -d)
data=${OPENCONFIRM_DATA:-$work/data}
trap 'rm -rf "$work"' EXIT

once() {
    start=$(date +%s.%N)
    "$program" --data "$data" check --git "$repo" "$range" --project "$project" --targets "$targets" \
        --out "$work/out$1" --json >"$work/result.json" 2>"$work/log" || [ $? -eq 1 ] || { cat "$work/log"; exit 1; }
    end=$(date +%s.%N)
}

once warm
round=1
while [ "$round" -le "$rounds" ]; do
    once "$round"
    python3 - "$round" "$start" "$end" "$work/result.json" "$work/log" <<'PY'
import json, re, sys
label, start, end = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
result, log = json.load(open(sys.argv[4])), open(sys.argv[5]).read()
said = re.search(r"^After ([0-9.]+) s: (.*)", log, re.M)
clean = {}
for name, value in result["figures"].items():
    if name.count(".") == 2 and name.split(".")[1] == "patched":
        target = name.split(".")[0]
        clean[target] = clean.get(target, 0) + value
slowest = max(clean.values())
early = float(said.group(1)) if said else float("nan")
print(f"round {label}: early {early:.1f} s, clean {slowest:.1f} s, confirmed {end - start:.1f} s, "
      f"early/clean {100 * early / slowest:.1f} %  ({said.group(2) if said else 'no early verdict'})")
PY
    round=$((round + 1))
done
