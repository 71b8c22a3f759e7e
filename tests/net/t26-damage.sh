#!/usr/bin/env bash
# A disk rots under a running daemon: what is damaged is neither shown, sent nor signed; the
# operator is told, recording goes on, and after a repair nothing is missing but what was named.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

# records NAME PREFIX COUNT: as many events
records() {
	seq -f "{\"kind\":\"stocked\",\"serial\":\"$2%05.0f\",\"maker\":\"HP\",\"place\":\"shop\",\
\"date\":\"2025-03-05T10:00:00Z\",\"commune\":\"31555\"}" 1 "$3" |
		trac "$1" record --quiet -
}
# flip NAME SERIAL: one bit of the maker in each copy of the entry that names the serial
flip() {
	local file at found=
	file=$(home "$1")/store/data.mdb
	while read -r at; do
		found=1
		printf I | dd of="$file" bs=1 seek=$((at + 12)) conv=notrunc status=none
	done < <(grep -abo "$2..HP" "$file" | cut -d: -f1)
	[ "$found" ] || fail "no entry of $2 in the store of $1"
}
found() { grep -q '"stocked"' <(trac "$1" show "$2" --json); }
alerts() { grep -q "$2" <(trac "$1" status); }
peer_is_up() { [ "$(field "$1" links)" -gt 0 ]; }

make_authority
make_node workshop alpha
start alpha
make_node workshop beta
start beta
records alpha ALPHA 60
wait_for 30 "the authority holds all" field_is authority entries 60
wait_for 30 "beta holds all" field_is beta entries 60

say "a published entry rots: it is not shown as if nothing was"
flip alpha ALPHA00030
if trac alpha show ALPHA00030 >"$WORK/out" 2>&1; then fail "shown: $(cat "$WORK/out")"; fi
grep -q "damaged" "$WORK/out" || fail "$(cat "$WORK/out")"
found beta ALPHA00030 || fail "beta does not have it"

say "an entry that nobody has yet rots: it is not signed over, and recording goes on"
stop authority
records alpha TAILA 20
flip alpha TAILA00010
start authority
wait_for 30 "the operator of alpha is told" alerts alpha "alpha/69 is damaged in the store"
records alpha LATER 5
field_is alpha own_size 85 || fail "recording stopped"
field_is alpha published_size 60 || fail "a damaged entry was signed over"
grep "does not prove" "$(home authority)/tracd.log" && fail "alpha sent what is damaged"

say "repaired: one entry is named, all others are everywhere"
stop alpha
trac alpha store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
grep -q "alpha/69 was never published and is damaged" "$WORK/out" || fail "$(cat "$WORK/out")"
start alpha
wait_for 40 "what was whole is published" field_is alpha published_size 84
wait_for 30 "the authority holds it" field_is authority entries 84
for serial in ALPHA00030 ALPHA00060 TAILA00009 TAILA00011 LATER00005; do
	wait_for 20 "$serial at alpha" found alpha "$serial"
	wait_for 20 "$serial at beta" found beta "$serial"
done

say "who asks a damaged store is served by another"
stop beta
flip beta ALPHA00040
trac beta store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
flip authority ALPHA00040
start beta
wait_for 30 "the operator of the authority is told" alerts authority "alpha/39 is damaged"
grep "does not prove" "$(home beta)/tracd.log" && fail "the authority sent what is damaged"
stop authority
trac authority store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
start authority
wait_for 40 "the authority has it again" field_is authority entries 84
wait_for 40 "so has beta" field_is beta entries 84
stop alpha
stop beta
stop authority
check_all
