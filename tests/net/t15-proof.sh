#!/usr/bin/env bash
# A donor's proof: a PDF that opens, says what the events say, and verifies in an empty
# home with nothing but the authority's key; one byte changed anywhere is refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

DONOR=21310555400017
make_authority
make_node workshop alpha --commune 31555 --title 'Atelier Été & Réemploi'
start alpha
now=$(date +%Y)
last=$((now - 1))

say "devices of two donors: one reused, one waste, one waiting, one of somebody else"
size=0
# event KIND SERIAL DATE FIELD=VALUE...
event() {
	trac alpha record "$1" serial="$2" maker=HP date="$last-$3" "${@:4}" --quiet
	size=$((size + 1))
}
for serial in 5CGA000001 5CGA000002 5CGA000003; do
	event received "$serial" 03-02 origin=external donor_type=local_authority donor=$DONOR \
		device_type=laptop sensitivity=standard retired_on="$last-02-01" \
		in_service_on="$((last - 5))-02-01"
done
event received 5CGB000009 03-02 origin=external donor_type=company donor=other device_type=laptop
disk=(medium.serial=WDSECRET1 medium.type=ssd medium.capacity_bytes=256GB)
# the lot names the donor, the reception names the lot
trac alpha record donation_announced lot=LOT-9 donor_type=local_authority donor=$DONOR count=1 \
	announced=serial:5CGA000004:HP retired_on="$last-02-01" date="$last-03-01" --quiet
size=$((size + 1))
event received 5CGA000004 03-02 origin=external donor_type=local_authority lot=LOT-9 \
	device_type=laptop
event identified 5CGA000001 03-03 device_type=laptop "${disk[@]}"
event audited 5CGA000001 03-03 decision=reuse
event data_erased 5CGA000001 03-04 "${disk[@]}" level=purge technique=crypto_erase tool=nwipe \
	tool_version=0.42 verification=full verification_result=success result=success
functions=(power display keyboard pointer storage memory battery sound wireless ports charger)
event tested 5CGA000001 03-05 grid=standard grid_version=1 functions_expected=11 \
	results="$(printf '%s:success,' "${functions[@]}" | sed 's/,$//')"
event refurbished_declared 5CGA000001 03-06
event stocked 5CGA000001 03-07 place=shop
event made_available 5CGA000001 04-17 mode=donation recipient_type=final_user \
	public=low_income department=82 prescriber_type=ccas
event identified 5CGA000002 03-03 device_type=laptop no_medium=yes
event weee_handed_over 5CGA000002 03-09 recipient=830339164 waste_code='16 02 14' \
	weight_grams=2100
wait_for 20 "all is published" field_is alpha published_size "$size"

say "the document says it"
mkdir "$WORK/out"
trac alpha proof --donor $DONOR --year "$last" --stock 2 --out "$WORK/out" >"$WORK/said"
pdf=$WORK/out/proof-$DONOR-$last.pdf bundle=$WORK/out/proof-$DONOR-$last.bundle
if ! [ -s "$pdf" ] || ! [ -s "$bundle" ]; then fail "files are missing: $(ls "$WORK/out")"; fi
pdftotext -layout "$pdf" "$WORK/text" 2>"$WORK/err" || fail "pdftotext: $(cat "$WORK/err")"
[ ! -s "$WORK/err" ] || fail "pdftotext complains: $(cat "$WORK/err")"
has() { grep -qE -- "$1" "$WORK/text" || fail "not in the document: $1; but: $(cat "$WORK/text")"; }
has_not() { ! grep -qE -- "$1" "$WORK/text" || fail "in the document: $1"; }
has "Donor: $DONOR"
has 'Atelier Été & Réemploi'
has 'Devices in this proof: 4'
has 5CGA000004
has '5CGA000001'
has 'WDSECRET1.*purge'
has 'nwipe 0.42'
has "Fate: made available, April $last, département 82, donation"
has 'décret n° 2023-266'
has '\(A\): 1'
has '50.0%'
has 'Objective for [0-9]+: (25|35|50) %'
has 'page 1 / '
has 'No erasure or destruction is on record'
has_not 5CGB000009
has_not "$last-04-17"
has_not 'ccas'

# a camera reads the code on the first page
pdftoppm -r 150 -f 1 -l 1 -png "$pdf" "$WORK/page"
code=$(zbarimg -q --raw "$WORK"/page*.png 2>/dev/null)
hash=$(sha256sum "$bundle" | cut -d' ' -f1)
case $code in
*"donor $DONOR"*"sha256:$hash"*) ;;
*) fail "the code says: $code" ;;
esac

say "a SIREN stands for its establishments"
trac alpha proof --donor ${DONOR%?????} --year "$last" --out "$WORK/siren" >"$WORK/said"
grep -q ': 4 devices' "$WORK/said" || fail "$(cat "$WORK/said")"

say "in French, and equal but for its date"
LANGUAGE=fr trac alpha proof --donor $DONOR --year "$last" --out "$WORK/fr" --quiet
pdftotext -layout "$WORK/fr/proof-$DONOR-$last.pdf" "$WORK/text"
has "Justificatif d'effacement et de réemploi"
has 'Sort : mis à disposition, avril'

say "anyone verifies it, without a node"
mkdir "$WORK/empty"
verify() { (cd "$WORK/empty" && env -i LC_ALL=C.UTF-8 HOME="$WORK/empty" "$BIN/trac" verify "$@" \
	--authority "$VKEY") >"$WORK/said" 2>&1; }
said() { grep -q -- "$1" "$WORK/said" || fail "not said: $1; but: $(cat "$WORK/said")"; }
# refused CODE WORDS ARGUMENT...
refused() {
	local code=$1 words=$2 status=0
	shift 2
	verify "$@" || status=$?
	[ "$status" = "$code" ] || fail "verify $*: exit $status, not $code: $(cat "$WORK/said")"
	said "$words"
}
verify "$pdf" || fail "$(cat "$WORK/said")"
said 'Atelier Été'
said "is the bundle that it names"
said 'computed here from these events: 4 devices of the donor, 1 of them'
cp "$pdf" "$WORK/empty/alone.pdf"
verify "$WORK/empty/alone.pdf" --bundle "$bundle" || fail "$(cat "$WORK/said")"
refused 74 'give it with --bundle' "$WORK/empty/alone.pdf"

# flip FILE OFFSET TO: one bit of one byte
flip() {
	cp "$1" "$3"
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf '%b' "\\0$(printf '%o' $((byte ^ 1)))" |
		dd of="$3" bs=1 seek="$2" conv=notrunc status=none
}
say "one byte changed is refused"
length=$(stat -c %s "$pdf")
note=$(grep -abo '% tracd proof of reuse v1' "$pdf" | tail -n 1 | cut -d: -f1)
for at in 9 $((length / 3)) $((note - 8)); do
	flip "$pdf" "$at" "$WORK/bad.pdf"
	refused 2 'changed after it was signed' "$WORK/bad.pdf" --bundle "$bundle"
done
for at in $((note + 30)) $((note + 120)) $((length - 20)); do
	flip "$pdf" "$at" "$WORK/bad.pdf"
	status=0
	verify "$WORK/bad.pdf" --bundle "$bundle" || status=$?
	[ "$status" = 2 ] || [ "$status" = 65 ] || fail "byte $at changed: exit $status"
done
{ cat "$pdf"; echo more; } >"$WORK/bad.pdf"
refused 65 'damaged or cut' "$WORK/bad.pdf" --bundle "$bundle"
head -c "$note" "$pdf" >"$WORK/bad.pdf"
refused 65 'no signature' "$WORK/bad.pdf" --bundle "$bundle"
flip "$bundle" $(($(stat -c %s "$bundle") / 2)) "$WORK/bad.bundle"
refused 2 'is not the bundle' "$pdf" --bundle "$WORK/bad.bundle"
refused 2 'is not the bundle' "$pdf" --bundle "$WORK/fr/proof-$DONOR-$last.bundle"

say "what cannot be proved is not handed out"
refuse() {
	local code=$1 status=0
	shift
	trac alpha proof "$@" --out "$WORK/no" >"$WORK/said" 2>&1 || status=$?
	[ "$status" = "$code" ] || fail "proof $*: exit $status, not $code: $(cat "$WORK/said")"
	[ ! -e "$WORK/no" ] || fail "proof $*: left files"
}
refuse 1 --donor $DONOR --year 2021
refuse 1 --donor 12345678901234 --year "$last"
refuse 64 --donor $DONOR
refuse 64 --donor $DONOR --year "$last" --stock none
check_all
