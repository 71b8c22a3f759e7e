#!/usr/bin/env bash
# A hub admits the workshops of its region by one command: over its own link and over another
# hub, while the authority is off, after kill -9, no longer than it may, and no more than it may.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

refused() {
	local word=$1
	shift
	if "$@" >"$WORK/out" 2>"$WORK/err"; then fail "not refused: $*"; fi
	grep -q -- "$word" "$WORK/err" || fail "$* says: $(cat "$WORK/err")"
}
# says WORD COMMAND...: it succeeds and says so
says() {
	local word=$1
	shift
	"$@" >"$WORK/out" 2>"$WORK/err" || fail "refused: $*: $(cat "$WORK/err")"
	grep -q -- "$word" "$WORK/out" || fail "$* says: $(cat "$WORK/out")"
}
alerts() { grep -q -- "$2" <(trac "$1" status --json); }
calm() { ! alerts "$@"; }
listed() { grep -q "\"name\": *\"$2\"" <(trac "$1" members --json); }
waits_for_nothing() { [ -z "$(ls "$(home "$1")/petitions")" ]; }
# ask_of NAME COMMUNE: the request of a workshop, in $WORK/NAME
ask_of() {
	trac "$1" init workshop --authority "$VKEY" --name "$1" --peer "$JOIN" --commune "$2" \
		>/dev/null
	trac "$1" member request -o "$WORK/$1.request" >/dev/null
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
make_node hub metz
start metz
# nancy knows lille alone
make_node hub nancy
sed -i "s|$JOIN|$(field lille link_key)@127.0.0.1:$PORT|" "$(home nancy)/tracd.conf"
start nancy
for name in alpha beta gamma delta eve; do ask_of $name 57463; done
ask_of paris 75056
for hub in metz nancy; do
	refused delegated trac $hub member admit "$WORK/alpha.request"
	trac authority member delegate $hub 44 >/dev/null
done
heard() { grep -q admitted <(trac "$1" member admit "$WORK/alpha.request"); }
wait_for 20 "metz has its region" heard metz

# --- over its own link, and over another hub; asked twice is admitted once ---
says "admitted: alpha" trac metz member admit "$WORK/alpha.request"
start alpha
wait_for 20 "alpha is in" field_is alpha admitted true
if grep -q "$JOIN" <(trac nancy peers --json); then fail "nancy is linked to the authority"; fi
delegated() { trac nancy member petition "$WORK/beta.request"; }
wait_for 20 "nancy has its region" delegated
says "admitted: beta" trac nancy member admit "$WORK/beta.request"
wait_for 5 "nancy asks no more" waits_for_nothing nancy
grep -q "hub nancy asked for" "$(home authority)/tracd.log" || fail "the authority does not say so"

grep -q "by nancy" <(trac authority members) || fail "it is not listed by whom beta was admitted"
grep -q "region 44" <(trac lille members) || fail "the region of metz is not listed"

# --- what it may not ---
refused delegated trac metz member admit "$WORK/paris.request"
sed 's/^name gamma$/name other/' "$WORK/gamma.request" >"$WORK/forged"
refused "not signed" trac metz member admit "$WORK/forged"
sed 's/^network .*/network other.example/' "$WORK/gamma.request" >"$WORK/forged"
refused "." trac metz member admit "$WORK/forged"
trac alpha2 init workshop --authority "$VKEY" --name alpha --peer "$JOIN" --commune 57463 \
	>/dev/null
trac alpha2 member request -o "$WORK/alpha2.request" >/dev/null
refused "already" trac metz member admit "$WORK/alpha2.request"
refused "only the authority" trac alpha member admit "$WORK/gamma.request"

# --- the authority is off: it waits at the hub, whatever happens there ---
stop authority
says "waits for the authority" trac metz member admit "$WORK/gamma.request"
says "waits for the authority" trac metz member admit "$WORK/delta.request"
wait_for 20 "the operator sees it" alerts metz "admission of gamma: waits"
says "not asked for any more" trac metz member admit --withdraw delta
refused "no admission" trac metz member admit --withdraw delta
kill -9 "$(pid_of metz)"
wait "$(pid_of metz)" 2>/dev/null || true
start metz
wait_for 20 "it still waits" alerts metz "admission of gamma: waits"
start authority
wait_for 60 "gamma is admitted" listed metz gamma
wait_for 20 "nothing waits" waits_for_nothing metz
calm metz "admission of" || fail "an alert stays"
if listed metz delta; then fail "delta was withdrawn"; fi

# --- the delegation is withdrawn while it waits ---
stop authority
says "waits for the authority" trac metz member admit "$WORK/delta.request"
stop metz
start authority
trac authority member delegate metz none >/dev/null
start metz
wait_for 40 "it is refused" alerts metz "admission of delta: refused: .*delegated"
refused delegated trac metz member admit "$WORK/delta.request"
if listed authority delta; then fail "delta was admitted"; fi

# --- the next key of the authority is for its next statement alone: a hub has to wait ---
for i in 1 2; do
	"$BIN/trac" guardian init "$NETWORK" "$WORK/guardian$i" >"$WORK/guardian$i.vkey"
done
trac authority guardian name 2 "$(cat "$WORK/guardian1.vkey")" "$(cat "$WORK/guardian2.vkey")" \
	>/dev/null
trac authority member succession -o "$WORK/succession" >/dev/null
says "being replaced" trac nancy member admit "$WORK/delta.request"
for i in 1 2; do
	"$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian$i" >/dev/null
done
trac authority member succeed "$WORK/succession" >/dev/null
says admitted trac nancy member admit "$WORK/delta.request"

# --- a hub that floods has its day's share, and the authority's operator is told ---
for i in $(seq 22); do
	ask_of "w$i" 57463
	says "admitted" trac nancy member admit "$WORK/w$i.request"
done
says "24 workshops admitted within 24 hours" trac nancy member admit "$WORK/eve.request"
alerts authority "admissions of hub nancy" || fail "the authority's operator is not told"
trac authority member admit "$WORK/eve.request" >/dev/null
wait_for 20 "it is in, and asked for no more" waits_for_nothing nancy
check_all
