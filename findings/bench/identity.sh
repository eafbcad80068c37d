#!/bin/sh
# The figures of identity on a compiler's findings of a real tree: builds BIRD with many warnings, changes the tree in five
# ways whose verdicts are known, builds it again and judges. What was built before is not built again: it can be stopped.
# usage: identity.sh REPO [COMMIT [WORK-FOLDER]]
# RUN is the command that runs a shell script in WORK-FOLDER/tree seen as /work/tree; by default a container of the image
# openconfirm/debian-12 ("openconfirm image build debian-12").
set -eu
repo=$(realpath "$1") commit=${2:-HEAD} work=${3:-$(mktemp -d)}
here=$(realpath "$(dirname "$0")")
mkdir -p "$work"
work=$(realpath "$work")
tree=$work/tree
[ -d "$tree" ] || git clone -q --no-checkout "$repo" "$tree"

run() {
    if [ -n "${RUN-}" ]; then
        $RUN "$1"
    else
        podman ${RUNTIME---runtime runc} run --rm --user 0:0 --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
            -v "$work:/work" -w /work/tree "$(podman images -q docker.io/openconfirm/debian-12 | head -n 1)" sh -c "$1"
    fi
}
git() { command git -C "$tree" -c user.name=bench -c user.email=bench@example.org "$@"; }
sources() { git ls-files -- '*.c' '*.h'; }

# build NAME: commits the work tree as branch NAME and builds a clean copy of it, into NAME.log.
build() {
    git add -u
    git commit -q --allow-empty -m "$1"
    git branch -q -f "$1"
    [ -s "$work/$1.log" ] && return
    git clean -q -d -x -f
    run 'autoreconf -fi && bird_cv_c_lto=no ./configure CFLAGS="-O1 -Wall -Wextra" && make -k -j2 -O' >"$work/$1.part" 2>&1 ||
        { tail -n 5 "$work/$1.part"; echo "identity.sh: $1 does not build; see $work/$1.part" >&2; exit 1; }
    mv "$work/$1.part" "$work/$1.log"
}
bench() { dotnet run -c Release "$here/judge/judge.cs" -- "$@"; }
start() { git checkout -q -f "${1:-base}" && git checkout -q --detach; }
judge() {
    build "$1"
    printf '%s (%s): ' "$1" "$2"
    bench judge "$tree" base "$1" "$work/base.log" "$work/$1.log"
}

start "$commit"
build base

start
for f in $(sources); do sed -i '1i /* one */\n/* two */\n/* three */' "$tree/$f"; done
judge top-lines '0 New, 0 Fixed'

start
for f in $(sources); do sed -i -E 's/^([ \t]+)/\1\t/' "$tree/$f"; done
judge re-indent '0 New, 0 Fixed'

# The five source files with most warnings that their folder's Makefile names.
start
moved=0
for f in $(grep -o '^[^ :]*\.c:[0-9]*:[0-9]*: warning' "$work/base.log" | cut -d: -f1 | sort | uniq -c | sort -rn | awk '{print $2}'); do
    dir=$(dirname "$f") name=$(basename "$f" .c)
    grep -q "\b$name\.c\b" "$tree/$dir/Makefile" 2>/dev/null || continue
    git mv "$f" "$dir/${name}_moved.c"
    sed -i "s/\b$name\.c\b/${name}_moved.c/" "$tree/$dir/Makefile"
    moved=$((moved + 1))
    [ "$moved" -lt 5 ] || break
done
judge rename "$moved files: 0 New, 0 Fixed"

# shellcheck disable=SC2046
set -- $(bench pick "$tree" base "$work/base.log")
file=$1 line=$2 far=$3
fix() { sed -i -E "${line}s/\((.*)\)\$/((\1))/" "$tree/$file"; }

start
fix
judge one-removed '0 New, 1 Fixed'

# The later change goes first, so that the other line keeps its number.
start
[ "$far" -lt "$line" ] && fix
sed -i "${far}a\\
static int __attribute__((unused)) equal_one(int a, int b)\\
{\\
  if (a = b)\\
    return 1;\\
  return 0;\\
}" "$tree/$file"
[ "$far" -lt "$line" ] || fix
judge one-removed-one-added '1 New, 1 Fixed'
