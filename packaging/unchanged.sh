#!/bin/sh
# Runs a command, and fails if it left the work tree other than it found it: a test that writes its own expected
# picture or hash passes the first time, whatever it draws. Usage: packaging/unchanged.sh COMMAND…
set -eu
state() {
    git status --porcelain --untracked-files=all
    git diff HEAD
    git ls-files --others --exclude-standard -z | xargs -0 -r sha256sum
}
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo 'unchanged: not a git work tree, so changed files are not looked for' >&2
    exec "$@"
fi
before=$(mktemp) after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT
state >"$before"
code=0
"$@" || code=$?
state >"$after"
if ! cmp -s "$before" "$after"; then
    echo 'unchanged: the run created or changed files. Look at them; expected results are committed by a person:' >&2
    diff "$before" "$after" | sed -n 's/^[<>] /  /p' | head -n 40 >&2
    [ "$code" != 0 ] || code=1
fi
exit "$code"
