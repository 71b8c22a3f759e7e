#!/usr/bin/env bash
# The bench, through the doors that people use: labels that a camera reads back, a scanning
# conversation through a pipe, and one event for a whole lot with exceptions.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
make_node workshop alpha --commune 31555
start alpha

say "labels are read back from their picture"
# code_of FILE: what a camera makes of it
code_of() {
	rsvg-convert -w 600 "$1" -o "$WORK/code.png"
	zbarimg -q --raw "$WORK/code.png" 2>/dev/null
}
for value in 5CG7XK2001 352099001761481 00112233445566778899AABBCCDDEEFF; do
	trac alpha label "$value" --svg "$WORK/label.svg" >"$WORK/out"
	[ "$(code_of "$WORK/label.svg")" = "TRAC:$value" ] || fail "the code of $value is another"
	grep -q "^$value/.$" "$WORK/out" || fail "no check character: $(cat "$WORK/out")"
done
trac alpha label new --svg "$WORK/label.svg" >"$WORK/out"
new=$(head -n 1 "$WORK/out")
label=${new//-/}
[ "$(code_of "$WORK/label.svg")" = "TRAC:$label" ] || fail "the code of $new is another"
trac alpha label --as-is TRAC-UNDO --svg "$WORK/label.svg" >/dev/null
[ "$(code_of "$WORK/label.svg")" = TRAC-UNDO ] || fail "a command is coded otherwise"
grep -q '█▀▀▀▀▀█' <(trac alpha label "$value") || fail "no blocks on the terminal"
grep -q '##############' <(LC_ALL=C trac alpha label "$value") || fail "no ## without UTF-8"

# scan LINE...: the conversation; its words in $WORK/out
scan() { printf '%s\n' "$@" | trac alpha scan --lot BENCH-1 >"$WORK/out" 2>&1; }
said() { grep -q -- "$1" "$WORK/out" || fail "not said: $1; but: $(tail -c 2000 "$WORK/out")"; }

say "a device is received, identified and wiped by scanning"
scan 5CG7XK2001 HP received '' '' '' laptop '' || fail "$(cat "$WORK/out")"
said 'recorded, on disk: 1 event'
field_is alpha own_size 1 || fail "not one event"
scan TRAC:5CG7XK2001 '' '' HP 'EliteBook 840' WD-0001 nvme 256GB '' quit
said '(HP): laptop; received'
said 'last: .*, alpha, received'
scan 5CG7XK2001 data_erased '' '' purge crypto_erase nwipe full success '' ||
	fail "$(cat "$WORK/out")"
said 'WD.\{0,1\}0001'
said 'data: to be erased'
trac alpha show 5CG7XK2001 >"$WORK/out"
said 'data: erased'
field_is alpha own_size 3 || fail "not three events"

say "a label, a double scan, what is taken back"
scan "$new" received '' company '' tablet "$label" stocked storeroom \
	"$label" "$label" '<' "$label" stocked '' TRAC-UNDO '' quit
said 'An event of it waits already'
said 'once more'
said 'not noted twice'
said 'taken back'
trac alpha show "TRAC:$label" >"$WORK/out"
said 'held by: .*alpha'
field_is alpha own_size 4 || fail "what was taken back is recorded: $(field alpha own_size)"
scan "${new%?}$([ "${new: -1}" = 0 ] && echo 1 || echo 0)" quit
said 'check character does not agree'
status=0
scan 5CG7XK2001 stocked shop || status=$?
[ "$status" = 64 ] || fail "events that were not sent: exit $status"
said 'not sent'
field_is alpha own_size 4 || fail "what was not sent is recorded"

status=0
scan 5CG7XK2009 HP received '' '' || status=$?
[ "$status" = 64 ] || fail "lines that end within an event: exit $status"
said 'in the middle of an event of 5CG7XK2009'
field_is alpha own_size 4 || fail "half an event is recorded"

say "what was scanned in one breath keeps its order"
scan 5CGORDER01 HP received '' '' '' laptop 5CGORDER01 audited '' '' 5CGORDER01 stocked '' \
	5CGORDER01 graded '' 5CGORDER01 transfer_sent beta '' 5CGORDER01 lost '' '' ||
	fail "$(cat "$WORK/out")"
said 'recorded, on disk: 6 events'
trac alpha show 5CGORDER01 --json | grep -o '"kind": "[a-z_]*"' | sed 's/.*: //' | tr -d '"' |
	grep -v serial | xargs >"$WORK/out"
said 'received audited stocked graded transfer_sent lost$'

say "in French"
printf '%s\n' 5CG7XK2001 test_fonctionnel '<' '<' quitter |
	LANGUAGE=fr trac alpha scan >"$WORK/out"
said "Identifiant (? pour l'aide) :"
said '(HP) : portable ; '
said 'fonctions en échec.*3 clavier'

say "one event for a lot, but for two"
for i in 1 2 3 4 5; do
	printf '{"kind":"received","serial":"PF0L000%s","maker":"Lenovo","origin":"external",' "$i"
	printf '"donor_type":"company","device_type":"laptop","lot":"Mairie-7"}\n'
done | trac alpha record - --quiet
trac alpha record --kind transfer_sent serial=PF0L0005 maker=Lenovo recipient=beta \
	nature=ownership >/dev/null
size=$(field alpha own_size)
trac alpha record stocked --lot mairie-7 --except PF0L0002 place=shop --dry-run >"$WORK/out"
said 'left out: PF0L0002: excepted'
said 'would be recorded'
field_is alpha own_size "$size" || fail "a dry run records"
status=0
trac alpha record stocked --lot mairie-7 --except PF0L9999 place=shop >"$WORK/out" 2>&1 || status=$?
[ "$status" = 65 ] || fail "an exception that is not in the lot: exit $status"
said 'PF0L9999'
status=0
trac alpha record stocked --lot mairie-7 place=moon >"$WORK/out" 2>&1 || status=$?
[ "$status" = 65 ] || fail "a bad value: exit $status"
said 'nothing was recorded'
status=0
trac alpha record stocked --lot mairie-8 place=shop >"$WORK/out" 2>&1 || status=$?
[ "$status" = 1 ] || fail "a lot that nobody knows: exit $status"
field_is alpha own_size "$size" || fail "a refusal records"
trac alpha record stocked --lot mairie-7 --except PF0L0002 place=shop >"$WORK/out"
added=$(($(field alpha own_size) - size))
said "$added event"
said 'left out: PF0L0005: is on its way'
[ "$added" = 3 ] || fail "$added events for the lot"
trac alpha record stocked --lot mairie-7 --except PF0L0002 place=shop >"$WORK/out"
field_is alpha own_size $((size + added)) || fail "the repeated command recorded again"
grep -q 'put in stock' <(trac alpha show PF0L0001) || fail "PF0L0001 is not in stock"
! grep -q 'put in stock' <(trac alpha show PF0L0002) || fail "the exception is in stock"

say "a whole lot is received"
trac alpha record transfer_received --lot mairie-7 >"$WORK/out"
said 'left out: PF0L0001: was not sent by anybody'
said '1 event recorded'
grep -q 'transfer received' <(trac alpha show PF0L0005) || fail "PF0L0005 was not received"
check_all
