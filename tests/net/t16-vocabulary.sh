#!/usr/bin/env bash
# Every kind of event: its example, the one that `trac record --help` and
# doc/vocabulary.md print, is recorded by a real daemon, folded, shown in both
# languages, and its page names all its fields.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
make_node workshop alpha --commune 31254
start alpha

say "each example is recorded"
count=0
while read -r kind example; do
	[[ $kind == \#* || -z $kind ]] && continue
	count=$((count + 1))
	eval "words=($example)"   # our own file: quotes keep "EliteBook 840 G5" together
	# shellcheck disable=SC2154  # eval sets it
	trac alpha record "$kind" "${words[@]}" >"$WORK/out" 2>&1 ||
		fail "$kind $example: $(cat "$WORK/out")"
	trac alpha record --help "$kind" >"$WORK/help"
	grep -qF "trac record $kind $example" "$WORK/help" || fail "$kind: no example in its help"
	trac alpha record --help "$kind" --json >"$WORK/help.json"
	grep -q '"fields"' "$WORK/help.json" || fail "$kind: no fields in JSON"
done <conf/data/examples.tsv
[ "$count" = 30 ] || fail "$count examples for 30 kinds"
field_is alpha own_size 30 || fail "own size $(field alpha own_size)"

say "the device of the examples has its life, in both languages"
trac alpha show 5CG8301XYZ >"$WORK/en"
LC_MESSAGES=fr_FR.UTF-8 LC_ALL="" trac alpha show 5CG8301XYZ >"$WORK/fr" 2>"$WORK/warnings"
# of the 30, these are about no device or about a lot; a correction of an event that is
# not there is shown nowhere
others=" collected need_requested training_given satisfaction_recorded corrected cost_recorded "
while IFS='|' read -r kind english french; do
	[[ $others == *" $kind "* ]] && continue
	grep -q "$english" "$WORK/en" || fail "show in English has no \"$english\" ($kind)"
	grep -q "$french" "$WORK/fr" || fail "show in French has no \"$french\" ($kind)"
done < <(sed -n 's/^\*[a-z_]*\*: \(.*\), en français \([^.]*\)\..*/\1|\2/p' doc/vocabulary.md |
	paste -d'|' <(sed -n 's/^## //p' doc/vocabulary.md) -)
check_all
