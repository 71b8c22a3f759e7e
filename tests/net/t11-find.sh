#!/usr/bin/env bash
# Finding: by how a serial begins, by what it looks like (suggested, never merged);
# devices that were sent and did not arrive, at every node, until they do; data that
# left, at every node, also one that joined later; a lot, reconciled.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	local name=$1
	shift
	trac "$name" record --quiet commune=31555 maker=HP "$@"
}
says() { grep -q "$3" <(trac "$1" "$2" --json); }
silent() { ! says "$@"; }
# the reference of what was just recorded, of JSON
reference() { sed -n 's/.*"reference": "\([^"]*\)".*/\1/p' | head -n 1; }

make_authority
make_node workshop alpha
start alpha
make_node workshop beta
start beta

say "beginnings and look-alikes, before the index is written and after"
record alpha --kind received serial=5CD1230XYZ origin=external donor_type=company \
	device_type=laptop date=2025-03-01T10:00:00Z
record alpha --kind received serial=5CD123OXYZ origin=external donor_type=company \
	device_type=laptop date=2025-03-01T11:00:00Z
record alpha --kind received serial=5CD9999XYZ origin=external donor_type=company \
	device_type=laptop date=2025-03-01T12:00:00Z
[ "$(trac alpha search 5cd123 | tr '\n' ' ')" = "5CD1230XYZ 5CD123OXYZ " ] ||
	fail "search: $(trac alpha search 5cd123)"
[ "$(trac alpha search --like SCD123OXYZ | tr '\n' ' ')" = "5CD1230XYZ 5CD123OXYZ " ] ||
	fail "search --like: $(trac alpha search --like SCD123OXYZ)"
wait_for 20 "the index is written" field_is alpha index_tail 0
[ "$(trac alpha search 5CD9 --json | tr -d ' \n')" = '{"values":["5CD9999XYZ"],"more":false}' ] ||
	fail "search in the table: $(trac alpha search 5CD9 --json)"
if trac alpha search 6CD >"$WORK/out" 2>&1; then fail "a beginning of nothing was found"; fi

say "show suggests, and shows nothing that was not asked for"
if trac alpha show SCD1230XYZ >"$WORK/show" 2>&1; then fail "a look-alike was shown"; fi
grep -q 'did you mean.*5CD1230XYZ, 5CD123OXYZ' "$WORK/show" || fail "no suggestion: $(cat "$WORK/show")"
if grep -q 'state:' "$WORK/show"; then fail "a look-alike was shown as an answer"; fi
if trac alpha show 5CD12 >"$WORK/show" 2>&1; then fail "a beginning was shown"; fi
grep -q 'what begins so: 5CD1230XYZ, 5CD123OXYZ' "$WORK/show" || fail "no beginning: $(cat "$WORK/show")"
[ "$(trac alpha show 5CD1230XYZ --json | grep -c '"kind": "received"')" = 1 ] || fail "look-alikes were merged"
if trac alpha show SCD1230XYZ --json >"$WORK/show" 2>/dev/null; then fail "found as JSON"; fi
grep -q '"5CD123OXYZ"' "$WORK/show" || fail "no suggestion as JSON: $(cat "$WORK/show")"

say "what is sent is in limbo at every node"
sent=$(trac alpha record --json commune=31555 maker=HP --kind transfer_sent serial=5CD9999XYZ \
	recipient=beta nature=possession date=2025-03-02T10:00:00Z | reference)
for node in alpha beta authority; do
	wait_for 20 "$node knows the limbo" says $node limbo "\"$sent\""
	wait_for 20 "$node counts it" field_is $node limbo 1
done
grep -q 5CD9999XYZ <(trac beta limbo) || fail "limbo in words: $(trac beta limbo)"

say "and leaves it when it arrives, by the reference of the shipment"
record beta --kind transfer_received serial=5CD9999XYZ shipment="$sent" date=2025-03-03T10:00:00Z
for node in alpha beta authority; do
	wait_for 20 "$node lets it go" field_is $node limbo 0
	silent $node limbo "\"$sent\"" || fail "$node still lists it"
done

say "data that leave are an alarm at every node"
record alpha --kind identified serial=5CD1230XYZ device_type=laptop medium=S3Z9NB0K11:ssd \
	date=2025-03-04T10:00:00Z
given=$(trac alpha record --json commune=31555 maker=HP --kind made_available serial=5CD1230XYZ \
	mode=donation recipient_type=final_user public=low_income department=31 \
	date=2025-03-05T10:00:00Z | reference)
for node in alpha beta authority; do
	wait_for 20 "$node raises the alarm" says $node alarms S3Z9NB0K11
done
grep -q 'trac alarms' <(trac beta status) || fail "status says nothing: $(trac beta status)"
grep -q "$given" <(trac beta alarms) || fail "alarms in words: $(trac beta alarms)"

say "also at one that joined later"
make_node workshop gamma
start gamma
wait_for 20 "gamma raises the alarm" says gamma alarms S3Z9NB0K11
wait_for 20 "gamma counts as many" field_is gamma alarms "$(field authority alarms)"

say "a correction by reference heals it everywhere"
trac alpha record --quiet --kind corrected commune=31555 target="$given" reason=did_not_occur \
	date=2025-03-06T10:00:00Z
for node in alpha gamma; do
	wait_for 20 "$node forgets the alarm" silent $node alarms S3Z9NB0K11
done
if trac alpha record --quiet --kind corrected commune=31555 target=alpha/9999 \
	reason=did_not_occur >"$WORK/out" 2>&1; then fail "a reference to nothing was taken"; fi
grep -q 'alpha/9999' "$WORK/out" || fail "not named: $(cat "$WORK/out")"
if trac beta record --quiet --kind corrected commune=31555 target="$given" \
	reason=did_not_occur >"$WORK/out" 2>&1; then fail "another member's event was corrected"; fi
grep -q 'only its author' "$WORK/out" || fail "not said why: $(cat "$WORK/out")"

say "a lot is reconciled"
trac beta record --quiet --kind donation_announced commune=31555 lot=DGFIP-06 donor_type=state \
	donor=dgfip-06 count=3 types=laptop:3 date=2025-04-01T10:00:00Z \
	announced=serial:CZC0001A:HP,serial:CZC000O2:HP,serial:CZC0003A:HP
for serial in CZC0001A CZC00002 CZC0004A; do
	record alpha --kind received serial=$serial lot=DGFIP-06 origin=external donor_type=state \
		device_type=laptop date=2025-04-02T10:00:00Z
done
wait_for 20 "gamma knows the lot" sh -c \
	"$BIN/trac --home $(home gamma) lot dgfip-06 --json | grep -q CZC0004A"
trac gamma lot dgfip-06 >"$WORK/lot"
grep -q '3 promised; by serial: 1 arrived, 1 missing, 1 unexpected, 1 misread' "$WORK/lot" ||
	fail "the lot: $(cat "$WORK/lot")"
grep -q 'CZC000O2.*CZC00002.*misread' "$WORK/lot" || fail "the misread one: $(cat "$WORK/lot")"
grep -q 'CZC0003A.*missing' "$WORK/lot" || fail "the missing one: $(cat "$WORK/lot")"
grep -q 'laptop: 3 announced, 3 received' "$WORK/lot" || fail "by type: $(cat "$WORK/lot")"
for name in authority alpha beta gamma; do stop $name; done
check_all
