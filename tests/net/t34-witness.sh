#!/usr/bin/env bash
# What a hub answers who asks it to cosign: nothing is written for who asks again, a log that
# is held must be continued from what is held, and nobody's own or closed log is witnessed.
# trac and tracd agree on how many hubs must vouch, and the metrics tell what an operator needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() { # NAME SERIAL
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=59350
}
has_port() { [ "$(field "$1" http_port)" -gt 0 ]; }
up() { # NAME: started, with its witness address in $URL
	start "$1"
	wait_for 20 "HTTP of $1 is up" has_port "$1"
	URL=http://127.0.0.1:$(field "$1" http_port)
}
metric() { curl -s "$URL/metrics" | sed -n "s/^$1 //p"; }
metric_is() { [ "$(metric "$1")" = "$2" ]; }
sha() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
# cosigned LOG: the checkpoint of it that was cosigned last, into $WORK/checkpoint
cosigned() { curl -sf "$URL/witness/$(sha "$NETWORK/$1")/checkpoint" >"$WORK/checkpoint"; }
size_is() { cosigned "$1" && [ "$(sed -n 2p "$WORK/checkpoint")" = "$2" ]; }
request() { # OLD CHECKPOINT: into $WORK/ask
	{ printf 'old %s\n\n' "$1"; cat "$2"; } >"$WORK/ask"
}
expect() { # STATUS WHAT: of $WORK/ask, its answer in $WORK/body
	local status
	status=$(curl -s -o "$WORK/body" -w '%{http_code}' --data-binary @"$WORK/ask" \
		"$URL/witness/add-checkpoint")
	[ "$status" = "$1" ] || fail "$2: $status, not $1: $(cat "$WORK/body")"
}
answers() { # STATUS
	curl -s -o "$WORK/body" -w '%{http_code}' --data-binary @"$WORK/ask" \
		"$URL/witness/add-checkpoint" | grep -x "$1" >/dev/null
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" --http 127.0.0.1:0
HUB="127.0.0.1:$PORT"
up lille
metric_is tracd_forked_logs 0 || fail "forked logs: $(metric tracd_forked_logs)"
metric_is tracd_waiting_entries 0 || fail "waiting: $(metric tracd_waiting_entries)"
make_node workshop alpha --commune 59350 --peer "$(field lille link_key)@$HUB"
printf 'witness_policy = 1\n' >>"$(home alpha)/tracd.conf"
start alpha
record alpha SERIAL0001
wait_for 20 "lille has cosigned it" size_is alpha 1

say "what an operator is told of hubs that vouch"
enough() { field_is alpha few_hubs "$1"; }
wait_for 20 "one hub is enough for all logs" enough 0
sed -i 's/^witness_policy = .*/witness_policy = 2/' "$(home alpha)/tracd.conf"
wanted() { trac alpha show SERIAL0001 | grep "NOT ENOUGH: $1 wanted" >/dev/null; }
if wanted 2; then fail "trac and tracd do not agree"; fi
trac alpha reload >/dev/null
wanted 2 || fail "tracd has 2, trac does not: $(trac alpha show SERIAL0001)"
wait_for 20 "two logs have too few hubs" enough 2
trac alpha status | grep '^  too few hubs   2 (witness_policy is 2)$' >/dev/null ||
	fail "$(trac alpha status)"
wait_for 20 "one is enough for lille" metric_is tracd_few_hubs_logs 0

say "offline the settings are read, as tracd reads them"
trac alpha show SERIAL0001 --proof "$WORK/bundle" >/dev/null
trac alpha verify "$WORK/bundle" >"$WORK/said"
grep -q 'NOT ENOUGH: 2 wanted' "$WORK/said" || fail "$(cat "$WORK/said")"
sed -i 's/^witness_policy = .*/witness_policy = 1x/' "$(home alpha)/tracd.conf"
if trac alpha verify "$WORK/bundle" >"$WORK/said" 2>&1; then fail "1x is a number"; fi
grep -q 'witness_policy is "1x": accepted is' "$WORK/said" || fail "$(cat "$WORK/said")"
sed -i 's/^witness_policy = .*/witness_policy = 1/' "$(home alpha)/tracd.conf"

say "no hub can vouch for its own log, and that is said"
record lille SERIAL0009
proved() { grep -q '"proved": *1' <(trac lille show "$1" --json); }
wait_for 20 "lille has signed" proved SERIAL0009
grep -q 'lille: there is no hub that can vouch for it; NOT ENOUGH: 1' \
	<(trac lille show SERIAL0009) || fail "$(trac lille show SERIAL0009)"
wait_for 20 "one log has too few hubs" metric_is tracd_few_hubs_logs 1

say "who asks again gets the same line, and nothing is written"
cosigned alpha
cp "$WORK/checkpoint" "$WORK/one"
request 1 "$WORK/one"
wait_for 20 "lille is sure" answers 200
now=$(date +%s)
later() { [ "$(date +%s)" -gt "$now" ]; }
wait_for 5 "the clock goes on" later
made=$(metric tracd_cosigned_total)
[ "$made" -gt 0 ] || fail "$made cosignatures"
expect 200 "the same again"
grep -qxF "$(cat "$WORK/body")" "$WORK/one" || fail "another line: $(cat "$WORK/body")"
metric_is tracd_cosigned_total "$made" || fail "it was cosigned again"

say "a log that is held is continued from what is held, cosigned or not"
stop lille
mv "$(home lille)/keys/cosign.key" "$WORK/cosign.key"
record alpha SERIAL0002
up lille
wait_for 20 "lille holds both" field_is lille entries 3
authority_has() { field_is authority entries 3; }
wait_for 20 "the authority holds both" authority_has
curl -sf "$URL/logs/alpha/checkpoint" >"$WORK/two" || fail "no log is served"
[ "$(sed -n 2p "$WORK/two")" = 2 ] || fail "$(cat "$WORK/two")"
stop lille
stop authority
stop alpha
mv "$WORK/cosign.key" "$(home lille)/keys/cosign.key"
up lille
request 1 "$WORK/two"
expect 409 "a checkpoint that is not shown to continue what is held"
[ "$(cat "$WORK/body")" = 2 ] || fail "409 says $(cat "$WORK/body")"
request 2 "$WORK/two"
expect 503 "nobody has greeted lille"

say "a key that the member log does not name cosigns nothing"
stop lille
cp "$(home lille)/keys/cosign.key" "$WORK/cosign.key"
tr 0-9a-f 1-9a-f0 <"$WORK/cosign.key" >"$WORK/other.key"
cp "$WORK/other.key" "$(home lille)/keys/cosign.key"
up lille
start authority
start alpha
is_linked() { [ "$(field lille links)" -gt 0 ]; }
wait_for 20 "a peer has greeted" is_linked
expect 503 "a key that nobody checks"
grep -q 'not the key that the member log has' "$WORK/body" || fail "$(cat "$WORK/body")"
cp "$WORK/cosign.key" "$(home lille)/keys/cosign.key"
stop lille
up lille
wait_for 20 "with the right one it does" answers 200

say "an own log and closed ones are witnessed for nobody"
curl -sf "$URL/logs/lille/checkpoint" >"$WORK/own"
begin_epoch() { # NAME: its fence is lost
	stop "$1"
	rm -rf "$(home "$1").fence"
	next_port
	sed -i "s/^peers = {/peers = {\"$(printf '%064d' 1)@127.0.0.1:$PORT\", /" \
		"$(home "$1")/tracd.conf"
	"$2" "$1"
	wait_for 20 "$1 is in doubt" field_is "$1" quarantine true
	[ "$1" = alpha ] || metric_is tracd_quarantine 1 || fail "no word of the quarantine"
	record "$1" SERIAL0010
	[ "$1" = alpha ] || metric_is tracd_waiting_entries 1 || fail "no word of what waits"
	trac "$1" recover --new-epoch --reason lost-disk --yes -o "$WORK/$1.epoch" >/dev/null
	trac authority member epoch "$WORK/$1.epoch" >/dev/null
	wait_for 20 "$1 begins anew" in_epoch "$1" 2
	wait_for 20 "the operator consents" trac "$1" recover --consent --yes
	wait_for 20 "$1 goes on" field_is "$1" quarantine false
}
in_epoch() { grep -q "\"epoch\": *$2" <(trac "$1" recover --json); }
request 0 "$WORK/own"
expect 404 "the own log"
begin_epoch lille up
expect 404 "the own log of an earlier epoch"
request 2 "$WORK/two"
wait_for 20 "lille is sure" answers 200
begin_epoch alpha start
wait_for 20 "lille knows that it is closed" answers 404
for node in authority lille alpha; do stop "$node"; done
check_all

say "what rots is said, and is not taken for nothing"
up lille
cosigned members || fail "the member log was never cosigned"
request 0 "$WORK/checkpoint"
expect 409 "an old size that is too small"
# the length of the origin before it, which stands before the text that begins with it
row="$NETWORK/members$NETWORK/members"
while read -r at; do
	printf '\0' | dd of="$(home lille)/store/data.mdb" bs=1 seek=$((at - 1)) conv=notrunc \
		status=none
done < <(grep -abo "$row" "$(home lille)/store/data.mdb" | cut -d: -f1)
expect 500 "a row that rotted"
grep -q 'is damaged in the store' "$WORK/body" || fail "500 says $(cat "$WORK/body")"
curl -s "$URL/witness/$(sha "$NETWORK/members")/checkpoint" | grep 'is damaged' >/dev/null ||
	fail "a damaged row is shown as none"

say "and stops neither the hub nor what it does of other logs"
start authority
make_node workshop gamma
told() { grep -q 'fne.example/members: what was cosigned last' <(trac lille status); }
wait_for 20 "the operator is told" told
start alpha
record alpha SERIAL0011
of_alpha() { cosigned alpha/2 && [ "$(sed -n 2p "$WORK/checkpoint")" = 2 ]; }
wait_for 20 "lille cosigns what alpha publishes" of_alpha
