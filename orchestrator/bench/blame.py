#!/usr/bin/env python3
"""Seeded faults for blame: does `openconfirm check` name the patch that brought each of them?

Each case is a series of 2 to 8 real commits of BIRD on one base, with a fault folded into one of them. What is asked of
the result: every new finding has the patch of a fault, and every fault has a finding; a patch that a later one repairs is
named as one that does not build alone, and nothing is new.

usage: blame.py BIRD_REPOSITORY [NAME ...]
environment: OPENCONFIRM (the program), OPENCONFIRM_DATA, TARGET (debian-12)
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

BASE = "64158b015"
COMMITS = ["8e1990dff", "b2be9aa00", "d072be6ab", "d0e49f884", "101882482", "805a54dfa", "a886f473c", "ba5d931e6", "639423360"]

SUM = "  u32 *end = buf + (len >> 2);\n"
BETTER = "  return sa > sb;\n"
BLOCK = "static u16\nipsum_calc_block("
INSTALL = "install: all\n"
VERSION = '"BIRD version " BIRD_VERSION'


def warning(name):
    return ("lib/checksum.c", SUM, SUM + f"  int {name};\n")


# name: (patches, [(patch, [(file, old, new), ...]), ...], expected)
# expected is the set of patches that bring something new, or (patch, repaired by).
CASES = {
    "unused-variable": (2, [(1, [warning("left_over")])], {1}),
    "int-from-pointer": (3, [(2, [("lib/checksum.c", SUM, SUM + '  len += (uint) "four";\n')])], {2}),
    "implicit-declaration": (4, [(3, [("lib/checksum.c", SUM, SUM + "  no_such_function(len);\n")])], {3}),
    "missing-semicolon": (2, [(2, [("nest/neighbor.c", BETTER, BETTER.replace(";", ""))])], {2}),
    "undefined-reference": (5, [(2, [("lib/checksum.c", BLOCK, "int nowhere(int x);\n\n" + BLOCK), ("lib/checksum.c", SUM, SUM + "  len += nowhere(0);\n")])], {2}),
    "member-renamed": (8, [(5, [("nest/route.h", "  word pref;", "  word preference;")])], {5}),
    "unit-test-fails": (4, [(1, [("lib/bitops.c", "(1 << (32 - n))", "(1 << (31 - n))")])], {1}),
    "unit-test-crashes": (6, [(6, [("lib/bitmap.c", "  b->size = BIRD_ALIGN(size, 4);\n  b->data", "  *(volatile int *) 0 = 1;\n  b->size = BIRD_ALIGN(size, 4);\n  b->data")])], {6}),
    "install-fails": (3, [(1, [("Makefile.in", INSTALL, INSTALL + "\tcp no-such-file $(DESTDIR)/\n")])], {1}),
    "configure-fails": (4, [(4, [("configure.ac", "AC_PROG_CC\n", "AC_PROG_CC\nAC_MSG_ERROR([this system will not do])\n")])], {4}),
    "bootstrap-fails": (2, [(1, [("configure.ac", "AC_PROG_CC\n", "AC_PROG_CC\nm4_fatal([no such macro])\n")])], {1}),
    "grammar": (7, [(3, [("sysdep/unix/config.Y", " | { $$ = bird_name; }\n", " | { $$ = bird_name; }\n | no_such_symbol { $$ = NULL; }\n")])], {3}),
    "missing-header": (3, [(3, [("lib/checksum.c", '#include "checksum.h"\n', '#include "checksum.h"\n#include "no-such.h"\n')])], {3}),
    "defined-twice": (5, [(4, [("lib/slists.c", "static inline void\ns_merge(", "u32\nu32_mkmask(uint n)\n{\n  return n;\n}\n\nstatic inline void\ns_merge(")])], {4}),
    "repaired-by-a-later-patch": (5, [
        (2, [("nest/neighbor.c", BETTER, BETTER.replace(";", ""))]),
        (4, [("nest/neighbor.c", BETTER.replace(";", ""), BETTER)])], (2, 4)),
    "install-repaired-by-the-last": (3, [
        (1, [("Makefile.in", INSTALL, INSTALL + "\tcp no-such-file $(DESTDIR)/\n")]),
        (3, [("Makefile.in", INSTALL + "\tcp no-such-file $(DESTDIR)/\n", INSTALL)])], (1, 3)),
    "brought-taken-back-brought-again": (5, [
        (1, [warning("left_over")]),
        (2, [("lib/checksum.c", "  int left_over;\n", "")]),
        (4, [warning("left_over")])], {4}),
    "warning-in-a-new-file": (6, [(2, [
        ("lib/fresh.c", None, '#include "nest/bird.h"\n\nint fresh(int a);\n\nint\nfresh(int a)\n{\n  int spare;\n  return a + 1;\n}\n'),
        ("lib/Makefile", " checksum.c ", " checksum.c fresh.c ")])], {2}),
    "warning-in-a-header": (4, [(2, [("lib/string.h", "static inline char *xbasename(", "static inline char *xfirst(const char *s)\n{\n  return s;\n}\n\nstatic inline char *xbasename(")])], {2}),
    "two-faults": (4, [(1, [("nest/neighbor.c", BETTER, "  int spare;\n" + BETTER)]), (3, [("lib/checksum.c", SUM, SUM.replace("u32 *end", "u64 *end"))])], {1, 3}),
    "daemon-does-not-answer": (2, [(2, [("sysdep/unix/main.c", VERSION, '"Bird, release " BIRD_VERSION')])], {2}),
    "function-renamed-in-one-place": (8, [(7, [("lib/checksum.c", "u16\nipsum_calculate(", "u16\nipsum_compute(")])], {7}),
}


def git(tree, *arguments):
    identity = {"GIT_AUTHOR_NAME": "Dana", "GIT_AUTHOR_EMAIL": "dana@contributor.example", "GIT_COMMITTER_NAME": "Dana", "GIT_COMMITTER_EMAIL": "dana@contributor.example"}
    done = subprocess.run(["git", "-C", tree, *arguments], env={**os.environ, **identity}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"git {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def edit(tree, file, old, new):
    path = pathlib.Path(tree, file)
    if old is None:
        path.write_text(new)
        return
    text = path.read_text()
    if text.count(old) < 1:
        sys.exit(f"{file} does not hold {old!r}")
    path.write_text(text.replace(old, new, 1))


def make(tree, count, faults):
    git(tree, "checkout", "--quiet", "--detach", "--force", BASE)
    for number, commit in enumerate(COMMITS[:count], 1):
        git(tree, "cherry-pick", commit)
        for patch, edits in faults:
            if patch == number:
                for change in edits:
                    edit(tree, *change)
                git(tree, "add", "--all")
                git(tree, "commit", "--quiet", "--amend", "--no-edit")
    return git(tree, "rev-parse", "HEAD").strip()


def judge(result, expected):
    new = [f for f in result["findings"] if f["verdict"] == "new"]
    named = {f["patch"] for f in new}
    alone = [(p["patch"], p["repairedBy"]) for p in result["patchProblems"]]
    if isinstance(expected, tuple):
        return (not new and alone == [expected]), f"new {len(new)}, alone {alone}"
    return (named == expected and not alone), f"{len(new)} new, of patches {sorted(named, key=str)}" + (f", alone {alone}" if alone else "")


def main():
    repository, names = sys.argv[1], sys.argv[2:] or list(CASES)
    program = os.environ.get("OPENCONFIRM") or str(pathlib.Path(__file__).resolve().parents[2] / "openconfirm")
    target = os.environ.get("TARGET", "debian-12")
    wrong = 0
    with tempfile.TemporaryDirectory() as work:
        tree = os.path.join(work, "tree")
        subprocess.run(["git", "clone", "--quiet", "--shared", repository, tree], check=True)
        for name in names:
            count, faults, expected = CASES[name]
            head = make(tree, count, faults)
            start = time.time()
            done = subprocess.run(
                [program, "check", "--git", tree, f"{BASE}..{head}", "--project", "bird2", "--targets", target, "--out", os.path.join(work, "out"), "--json"],
                capture_output=True, text=True)
            if done.returncode not in (0, 1):
                sys.exit(f"{name}: exit code {done.returncode}\n{done.stderr}")
            good, words = judge(json.loads(done.stdout), expected)
            wrong += not good
            print(f"{'right' if good else 'WRONG'}  {name}: {count} patches, expected {expected}: {words}; {time.time() - start:.0f} s", flush=True)
            if not good:
                kept = os.path.join(tempfile.gettempdir(), f"blame-{name}")
                subprocess.run(["cp", "-r", os.path.join(work, "out"), kept], check=True)
    print(f"{len(names) - wrong} of {len(names)} right")
    sys.exit(1 if wrong else 0)


main()
