#!/usr/bin/env bash
# A revoked member's links are closed, its later events go nowhere, its earlier
# ones stay proved, and figures count only what stays valid.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

receive() {
	trac "$1" record --quiet --kind received serial="$2" maker=HP origin=external \
		donor_type=school device_type=desktop date=2025-03-05T10:00:00Z commune=31555
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
make_node workshop alpha
start alpha
receive alpha SERIAL0001
receive alpha SERIAL0002
wait_for 20 "lille holds two" field_is lille entries 2
collected() { [ "$(trac lille indicators --csv | awk -F, '$1 == "I01" { print $3 }')" = "$1" ]; }
wait_for 20 "two collected" collected 2

trac authority member revoke alpha --from 1 --reason misbehaved
wait_for 20 "alpha has no link" field_is alpha links 0
receive alpha SERIAL0003
wait_for 20 "lille counts one" collected 1
grep -q '"proved"' <(trac lille show SERIAL0001 --json) || fail "an earlier event is no longer proved"
grep -q '"revoked"' <(trac lille show SERIAL0002 --json) || fail "a later event is not marked"
field_is lille entries 2 || fail "lille took an event of a revoked member"
if trac authority member revoke nobody --reason retired 2>"$WORK/err"; then fail "revoked nobody"; fi
grep -q nobody "$WORK/err" || fail "the refusal does not name the member"
if trac lille member revoke alpha --reason retired 2>"$WORK/err"; then fail "a hub revoked"; fi
check_all
