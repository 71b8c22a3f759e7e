#!/usr/bin/env bash
# Every refusal of what people hand in is a sentence with what, where, why and
# what to do, a non-zero exit, and nothing half done.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
make_node workshop alpha --commune 31555
start alpha
good=(--kind received serial=5CG7XK2 maker=Dell origin=external donor_type=company
	date=2025-03-03T10:00:00Z commune=59350)

# refused EXIT WORDS COMMAND...: trac at alpha refuses with that code, naming each word
refused() {
	local code=$1 words=$2 got=0 word
	shift 2
	trac alpha "$@" >"$WORK/out" 2>"$WORK/err" || got=$?
	[ "$got" = "$code" ] || fail "trac ${*:0:5}: exit $got, not $code: $(tail -c 2000 "$WORK/err")"
	for word in $words; do
		grep -qi -- "$word" "$WORK/err" || fail "trac ${*:0:5}: '$word' is not in: $(tail -c 2000 "$WORK/err")"
	done
}

say "events"
refused 65 'frobbed kind' record --kind frobbed serial=X1234567 maker=Dell
refused 65 'colour' record "${good[@]}" colour=blue
refused 65 'origin' record --kind received serial=5CG7XK2 maker=Dell donor_type=company \
	commune=59350
refused 65 'origin mars external' record "${good[@]/origin=external/origin=mars}"
refused 65 'serial' record "${good[@]/serial=5CG7XK2/serial=To be filled by O.E.M.}"
refused 65 '2099' record "${good[@]/date=2025-03-03T10:00:00Z/date=2099-01-01T00:00:00Z}"
refused 65 'date yesterday' record "${good[@]/date=2025-03-03T10:00:00Z/date=yesterday}"
refused 65 'commune' record "${good[@]/commune=59350/commune=5935}"
refused 65 'operator' record "${good[@]}" operator=jean.dupont@example.org
refused 65 'line 2' record - <<'E'
{"kind":"stocked","serial":"AB12345678","maker":"HP","place":"shop","date":"2025-03-03"}
{"kind":"stocked","serial":
E
field_is alpha own_size 1 || fail "the good line before the bad one is not recorded alone"

say "an event over 65,535 bytes"
long=$(printf 'SN%0118d' 7)
serials=$(seq -s, -f "serial:$long%06.0f" 1 512)
refused 65 '65,\?535' record --kind donation_announced donor_type=company count=512 \
	date=2025-03-03 commune=31555 announced="$serials"
refused 65 'announced 512' record --kind donation_announced donor_type=company count=513 \
	date=2025-03-03 commune=31555 announced="$serials,serial:${long}000513"
field_is alpha own_size 1 || fail "something was recorded"

say "files"
csv() { printf '%s\n' "$@" >"$WORK/file.csv"; }
row='stocked,2025-03-05T10:00:00Z,31555'
head=kind,date,commune,serial,maker,place
csv "$head" "$row,AA00000001,Dell,shop" "$row,AA00000002,Dell" "$row,AA00000003,Dell,shop"
refused 65 'line 3' import "$WORK/file.csv"
field_is alpha own_size 2 || fail "the line before the broken one is not recorded"
csv "$head" "$row,AA00000001,Dell,shop" "$row,AA00000002,Dell,shop" \
	"$row,AA00000003,Dell,shop"
trac alpha import --quiet "$WORK/file.csv"
field_is alpha own_size 4 || fail "the mended file did not continue: $(field alpha own_size)"
trac alpha import --quiet "$WORK/file.csv"
field_is alpha own_size 4 || fail "a repeated import recorded again"
csv 'kind,colour' 'stocked,blue'
refused 65 'colour' import "$WORK/file.csv"
printf 'kind,date,commune,serial,maker,place\n%s,AA00000004,D\xe9ll,shop\n' "$row" >"$WORK/file.csv"
refused 65 'line 2 UTF-8' import "$WORK/file.csv"
: >"$WORK/file.csv"
refused 65 'file.csv' import "$WORK/file.csv"
refused 74 'absent.csv' import "$WORK/absent.csv"

say "questions and files to verify"
refused 1 'NEVERSEEN99' show NEVERSEEN99
refused 64 'frob' frob
refused 64 'region party' indicators --by moon
refused 64 '2026-03' indicators --from 03/2026
refused 64 'euros' indicators --budget a-lot
refused 64 'number' indicators --target 0
refused 64 'leave out --by' indicators --by month --budget 1
head -c 3000 /dev/urandom >"$WORK/junk"
refused 65 'junk' verify "$WORK/junk" --authority "$VKEY"
refused 65 'request' member admit "$WORK/file.csv"
field_is alpha own_size 4 || fail "a refusal recorded something"
check_all
