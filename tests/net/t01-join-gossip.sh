#!/usr/bin/env bash
# A node joins with the authority's public key and one address; what one records
# all others learn, both ways; any of them proves it; a bundle verifies offline.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
next_port
hub_port=$PORT
make_node hub lille --listen "127.0.0.1:$hub_port" --address "127.0.0.1:$hub_port" --commune 59350
start lille
make_node workshop alpha --commune 59350
start alpha
make_node workshop beta --commune 31555
start beta
wait_for 20 "beta learns the members" field_is beta admitted true
knows_four() { [ "$(trac beta members --json | grep -c '"name"')" = 4 ]; }
wait_for 20 "beta knows four members" knows_four

say "what alpha records, beta and the hub hold"
trac alpha record --quiet --kind received serial=5CG7XK2 maker=Dell origin=external \
	donor_type=company device_type=laptop date=2025-03-03T10:00:00+01:00 commune=59350
wait_for 20 "beta holds alpha's event" field_is beta entries 1
wait_for 20 "lille holds alpha's event" field_is lille entries 1

say "and the other way"
trac beta record --quiet --kind audited serial=5CG7XK2 maker=Dell decision=reuse \
	date=2025-03-05T10:00:00+01:00 commune=31555
wait_for 20 "alpha holds beta's event" field_is alpha entries 2
wait_for 20 "lille holds both" field_is lille entries 2

say "the hub, which recorded nothing, proves both lines"
trac lille show 5CG7XK2 --json --proof "$WORK/bundle" >"$WORK/show"
[ "$(grep -c '"proved"' "$WORK/show")" -ge 2 ] || fail "not two proved lines: $(cat "$WORK/show")"
env -u TRAC_HOME "$BIN/trac" verify "$WORK/bundle" --authority "$VKEY" >"$WORK/verified" ||
	fail "the bundle does not verify"

say "a flipped byte is refused"
size=$(stat -c %s "$WORK/bundle")
for at in $((size / 5)) $((size / 3)) $((size / 2)) $((size * 2 / 3)) $((size - 40)); do
	cp "$WORK/bundle" "$WORK/flipped"
	byte=$(od -An -tu1 -j "$at" -N 1 "$WORK/bundle" | tr -d ' ')
	# shellcheck disable=SC2059  # an escape is what is wanted
	printf "\\x$(printf %02x $((byte ^ 1)))" |
		dd of="$WORK/flipped" bs=1 seek="$at" conv=notrunc status=none
	if "$BIN/trac" verify "$WORK/flipped" --authority "$VKEY" >"$WORK/out" 2>&1; then
		cmp -s <("$BIN/trac" verify "$WORK/flipped" --authority "$VKEY" --json) \
			<("$BIN/trac" verify "$WORK/bundle" --authority "$VKEY" --json) ||
			fail "byte $at flipped and something else was shown as proved"
	fi
done
other=${VKEY%%+*}+00000000+${VKEY##*+}
if "$BIN/trac" verify "$WORK/bundle" --authority "$other" >"$WORK/out" 2>&1; then
	fail "a key whose id does not fit was accepted"
fi
check_all
