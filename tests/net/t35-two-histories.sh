#!/usr/bin/env bash
# An author has one history of its log cosigned over HTTP, and publishes another one by gossip:
# the hub signs nothing of the second, over neither way, and what it kept becomes evidence.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	trac alpha record --quiet --kind stocked serial="$1" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=59350
}
has_port() { [ "$(field lille http_port)" -gt 0 ]; }
# served SIZE: the head of alpha that lille has proved, into $WORK/head
served() {
	curl -sf "$URL/logs/alpha/checkpoint" >"$WORK/head" && [ "$(sed -n 2p "$WORK/head")" = "$1" ]
}
cosigned() { # SIZE: is that what lille cosigned last?
	curl -sf "$URL/witness/$ORIGIN_HASH/checkpoint" >"$WORK/cosigned" &&
		[ "$(sed -n 2p "$WORK/cosigned")" = "$1" ]
}
hex() { od -An -v -tx1 | tr -d ' \n'; }
# shellcheck disable=SC2059,SC2001  # escapes are what is wanted
unhex() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }
sha() { unhex "$1" | sha256sum | cut -c1-64; }
b64() { unhex "$1" | base64 -w0; }
# next SIZE LEAF: $WORK/ask with the head of one entry more than $WORK/head, which has SIZE, a
# power of 2, entries: so that the hash of that entry is all the proof there is
next() {
	local root signature
	root=$(sha "01$(sed -n 3p "$WORK/head" | base64 -d | hex)$2")
	printf '%s\n%s\n%s\n' "$ORIGIN" "$(($1 + 1))" "$(b64 "$root")" >"$WORK/text"
	signature=$(openssl pkeyutl -sign -rawin -keyform DER -inkey "$WORK/alpha.der" \
		-in "$WORK/text" | hex)
	{
		printf 'old %s\n%s\n\n' "$1" "$(b64 "$2")"
		cat "$WORK/text"
		printf '\n— %s %s\n' "$ORIGIN" "$(b64 "$KEY_ID$signature")"
	} >"$WORK/ask"
}
post() {
	STATUS=$(curl -s -o "$WORK/body" -w '%{http_code}' --data-binary @"$WORK/ask" \
		"$URL/witness/add-checkpoint")
}
answers() { post && [ "$STATUS" = "$1" ]; }
told() { grep 'than the one that this hub cosigned' <(trac lille status); }
is_forked() { trac "$1" status | grep "$ORIGIN was signed in two" >/dev/null; }

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" --http 127.0.0.1:0
start lille
wait_for 20 "HTTP of lille is up" has_port
URL=http://127.0.0.1:$(field lille http_port)
make_node workshop alpha --commune 59350 --peer "$(field lille link_key)@127.0.0.1:$PORT"
start alpha
ORIGIN=$NETWORK/alpha
ORIGIN_HASH=$(printf %s "$ORIGIN" | sha256sum | cut -d' ' -f1)
record SERIAL0001
wait_for 20 "lille has cosigned one entry" cosigned 1
wait_for 20 "lille holds it" served 1
stop alpha
unhex "302e020100300506032b657004220420$(cat "$(home alpha)/keys/sign.key")" >"$WORK/alpha.der"
KEY_ID=$(sed -n "s|^— $ORIGIN \\(.*\\)|\\1|p" "$WORK/head" | base64 -d | hex | cut -c1-8)

say "one history is cosigned over HTTP, which nobody else sees"
next 1 "$(sha 0061)"
wait_for 20 "lille cosigns what continues that" answers 200
cosigned 2 || fail "cosigned is $(cat "$WORK/cosigned")"
cp "$WORK/ask" "$WORK/first"

say "the other one comes by gossip"
start alpha
for i in 2 3 4; do record "SERIAL000$i"; done
wait_for 20 "lille holds it" served 4
wait_for 20 "the operator is told" told
for name in lille authority alpha; do
	wait_for 20 "$name has the evidence" is_forked "$name"
done

say "and is cosigned by neither way"
next 4 "$(sha 0062)"
post
[ "$STATUS" = 409 ] || fail "a second history: $STATUS: $(cat "$WORK/body")"
[ "$(cat "$WORK/body")" = 2 ] || fail "409 says $(cat "$WORK/body")"
sed -i '1s/1/2/; 2d' "$WORK/first"
cp "$WORK/first" "$WORK/ask"
post
[ "$STATUS" = 422 ] || fail "the first history, again: $STATUS: $(cat "$WORK/body")"
cosigned 2 || fail "another tree than the first is kept: $(cat "$WORK/cosigned")"
served 4
if grep -q "^— $NETWORK/lille " "$WORK/head"; then fail "lille vouches for both histories"; fi

say "the evidence is a file for anyone"
trac authority evidence alpha -o "$WORK/evidence" >/dev/null
trac authority show SERIAL0001 --proof "$WORK/bundle" >/dev/null
"$BIN/trac" verify --authority "$VKEY" --bundle "$WORK/bundle" "$WORK/evidence" >"$WORK/said"
grep -q 'the log is FORKED' "$WORK/said" || fail "$(cat "$WORK/said")"
for node in alpha lille authority; do stop "$node"; done
check_all
