#!/usr/bin/env bash
# A workshop and a full copy of it publish two histories to two hubs that cannot reach
# each other. When they can, every node has the evidence, freezes that log and marks what
# is in doubt; anyone verifies the evidence; the other logs go on, and bundles that are
# forged, cut, re-ordered or older than known are refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	trac "$1" record --quiet --kind received serial="$2" maker=HP origin=external \
		donor_type=company \
		date=2025-03-05T10:00:00Z commune=59350
}
hub() {
	next_port
	make_node hub "$1" --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" --http 127.0.0.1:0
	start "$1"
	printf '%s@127.0.0.1:%s\n' "$(field "$1" link_key)" "$PORT" >"$WORK/$1.join"
}
only_peer() { # NAME HUB: of its settings
	sed -i '/^peers/d; /^hubs_to_dial/d' "$(home "$1")/tracd.conf"
	# and no hub that the member log names
	printf 'peers = {"%s"}\nhubs_to_dial = 0\n' "$(cat "$WORK/$2.join")" \
		>>"$(home "$1")/tracd.conf"
}
# forked NAME SMALL LARGE COMMON
forked() {
	trac "$1" evidence --json | tr -d ' \n' |
		grep "\"small\":$2,\"large\":$3,\"common\":$4," >/dev/null
}
# both NAME SIZE: it holds the other branch of that log too, of that many entries
both() {
	trac "$1" evidence --json | tr -d ' \n' |
		grep "\"branch\":$2,\"branch_held\":$2," >/dev/null
}
# all that is counted; the horizon tells what of each log is held, which is another matter
figures() { trac "$1" indicators --json | sed -n '/"figures"/,/^  \]/p'; }
# counts NODE N: so many devices came in
counts() { figures "$1" | tr -d ' \n' | grep "\"id\":\"I01\"[^}]*\"value\":\"$2\"" >/dev/null; }
# alike N NODE...: all count that many devices, and all else alike
alike() {
	local devices=$1 node
	shift
	for node in "$@"; do
		wait_for 20 "$node counts $devices devices" counts "$node" "$devices"
		figures "$node" >"$WORK/figures.$node"
		diff "$WORK/figures.$1" "$WORK/figures.$node" >&2 ||
			fail "$1 and $node count differently"
	done
}
json_has() { trac "$1" show "$2" --json | tr -d ' \n' | grep "$3" >/dev/null; }
refused() { # WHY FILE [OPTION...]: trac verify says no, with that reason
	local why=$1
	shift
	if "$BIN/trac" verify --authority "$VKEY" "$@" >/dev/null 2>"$WORK/refusal"; then
		fail "accepted: $*"
	fi
	grep -- "$why" "$WORK/refusal" >/dev/null || fail "not for '$why': $(cat "$WORK/refusal")"
}

make_authority
hub lille
hub lyon
make_node workshop alpha --commune 59350
make_node workshop beta --commune 59350
only_peer alpha lille
only_peer beta lille
start alpha
start beta
record alpha SERIAL0001
record alpha SERIAL0002
record beta SERIAL0009
wait_for 20 "all hold all" field_is lyon entries 3
wait_for 20 "all hold all" field_is authority entries 3
trac lyon show SERIAL0001 --proof "$WORK/before.bundle" >/dev/null
stop lyon
stop authority

say "lille gets one history, lyon the other"
stop alpha
cp -a "$(home alpha)" "$(home spare)"
cp -a "$(home alpha).fence" "$(home spare).fence"
start alpha
record alpha SERIAL0003
wait_for 20 "lille holds it" field_is lille entries 4
stop alpha
stop lille
cp -a "$(home alpha)" "$(home early)"
cp -a "$(home alpha).fence" "$(home early).fence"
start early
trac early member rotate -o "$WORK/rotation" >/dev/null 2>&1
stop early
start lyon
only_peer spare lyon
start spare
record spare SERIAL0004
record spare SERIAL0005
wait_for 20 "lyon holds it" field_is lyon entries 5
trac lyon show SERIAL0001 --proof "$WORK/lyon.bundle" >/dev/null
stop spare
# both shared ones, two of alpha, one of beta
wait_for 20 "lyon counts five devices" counts lyon 5

say "the hubs meet"
start lille
start authority
for node in lille lyon authority beta; do
	wait_for 60 "$node has the evidence" forked "$node" 3 4 2
	trac "$node" status | grep 'fne.example/alpha was signed in two histories' >/dev/null ||
		fail "$node does not say so"
done
for node in lille lyon authority beta; do
	held=$(trac "$node" evidence --json | tr -d ' \n' | sed -n 's/.*"held":\([0-9]*\).*/\1/p')
	wait_for 20 "$node has both branches" both "$node" $((7 - held))
	for serial in SERIAL0003 SERIAL0004 SERIAL0005; do
		json_has "$node" $serial '"contested":true' || fail "$node cannot show $serial"
	done
done
if trac authority member rotate "$WORK/rotation" >/dev/null 2>"$WORK/refusal"; then
	fail "new keys leave a head of the evidence without a key"
fi
grep 'new epoch' "$WORK/refusal" >/dev/null || fail "rotate says: $(cat "$WORK/refusal")"
logs=http://127.0.0.1:$(field lyon http_port)/logs
for log in alpha alpha/branch; do
	curl -s "$logs/$log/checkpoint" | sed -n 2p
	curl -s "$logs/$log/tile/entries/000.p/3" | wc -c
done >"$WORK/served"
[ "$(sed -n '1p;3p' "$WORK/served" | tr '\n' ' ')" = '4 3 ' ] ||
	fail "over HTTP the histories are $(cat "$WORK/served")"
[ "$(sed -n 4p "$WORK/served")" -gt 100 ] || fail "the entries of the other are not served"
json_has lyon SERIAL0003 '"reference":"alpha/branch/2"' || fail "lyon hides which branch it is"
json_has lyon SERIAL0003 '"contested":true,"branch":true,"counted":false,"notes":\["invalid"\]' ||
	fail "lyon counts the other branch"
json_has lyon SERIAL0004 '"counted":false,"notes":\["invalid"\]' ||
	fail "lyon counts what it had first"
json_has lyon SERIAL0004 '"branch":false' || fail "lyon takes its own for the other branch"
json_has lyon SERIAL0001 '"branch":true' && fail "lyon shows twice what both share"
trac lyon show SERIAL0003 | grep 'IN DOUBT: of the other history' >/dev/null || fail "show hides it"
say "every node counts what both share, and nothing else of it"
alike 3 lille lyon authority beta
json_has lille SERIAL0003 '"contested":true' || fail "the branch of lille is not in doubt"
json_has lyon SERIAL0004 '"contested":true' || fail "the branch of lyon is not in doubt"
json_has lille SERIAL0001 '"contested":false' || fail "what both share is in doubt"
json_has beta SERIAL0009 '"contested":false' || fail "beta is in doubt"
trac lille show SERIAL0003 | grep 'IN DOUBT: its author forked' >/dev/null || fail "show hides it"

say "and after a restart"
stop lyon
start lyon
both lyon 3 || fail "lyon forgot the other branch"
json_has lyon SERIAL0003 '"branch":true' || fail "lyon forgot what is in it"
alike 3 lille lyon

say "the other logs go on, that one does not"
record beta SERIAL0010
wait_for 20 "beta goes on" json_has lyon SERIAL0010 '"proved":1'
make_node workshop gamma --commune 59350
only_peer gamma lyon
start gamma
wait_for 20 "who comes late has it too" forked gamma 3 4 2
wait_for 20 "and the branch of lyon, or that of lille" json_has gamma SERIAL0001 '"proved":1'
wait_for 20 "and the other one, which only others had" json_has gamma SERIAL0003 '"contested":true'
wait_for 20 "and the other one, which only others had" json_has gamma SERIAL0004 '"contested":true'

say "the author learns it, and signs nothing more"
start alpha
wait_for 20 "alpha is told" forked alpha 3 4 2
record alpha SERIAL0006
trac alpha status | grep 'it cannot be continued, only begun anew' >/dev/null ||
	fail "alpha is not told what to do"
field_is alpha quarantine true || fail "alpha goes on"
trac alpha show SERIAL0006 --json | grep '"pending"' >/dev/null || fail "an event is lost"

say "evidence is a file for anyone"
trac beta evidence alpha -o "$WORK/evidence" >/dev/null
"$BIN/trac" verify --authority "$VKEY" --bundle "$WORK/before.bundle" "$WORK/evidence" >"$WORK/said"
grep 'the log is FORKED' "$WORK/said" >/dev/null || fail "$(cat "$WORK/said")"
grep 'first 2 entries are the same' "$WORK/said" >/dev/null || fail "$(cat "$WORK/said")"
key=$(trac lille log proof alpha/0 -o "$WORK/first" --json | sed -n 's/.*"vkey": "\([^"]*\)".*/\1/p')
"$BIN/trac" verify --vkey "$key" "$WORK/evidence" >/dev/null || fail "not with the key of alpha: $key"
refused 'none of the keys given is of that log' --vkey "$VKEY" "$WORK/evidence"
refused 'give its key' "$WORK/evidence"
# of a log that changed its key: a signature by either, and no other is taken for one of them
unhex() { while read -rn2 byte; do printf '%b' "\\x$byte"; done < <(printf %s "$1"); }
hex() { od -An -v -tx1 | tr -d ' \n'; }
new_key() { # NAME: key, and vkey of the log example.org/log
	local public id
	openssl genpkey -algorithm ed25519 -outform DER -out "$WORK/$1.der" 2>/dev/null
	public=$(openssl pkey -inform DER -in "$WORK/$1.der" -pubout -outform DER |
		tail -c 32 | hex)
	id=$({ printf 'example.org/log\n\1'; unhex "$public"; } | sha256sum | cut -c1-8)
	printf %s "$id" >"$WORK/$1.id"
	printf 'example.org/log+%s+%s\n' "$id" "$(unhex "01$public" | base64 -w0)" >"$WORK/$1.vkey"
}
head_by() { # NAME BYTE: a note of size 1 whose root is made of that byte
	local signature
	printf 'example.org/log\n1\n%s\n' "$(printf "%.0s$2" {1..32} | base64 -w0)" >"$WORK/text"
	signature=$(openssl pkeyutl -sign -rawin -keyform DER -inkey "$WORK/$1.der" \
		-in "$WORK/text" | hex)
	cat "$WORK/text"
	printf '\n— example.org/log %s\n' "$(unhex "$(cat "$WORK/$1.id")$signature" | base64 -w0)"
}
new_key old
new_key new
head_by old x >"$WORK/note1"
head_by new y >"$WORK/note2"
{
	printf 'tracd fork evidence v1\n\n'
	for note in "$WORK/note1" "$WORK/note2"; do
		printf 'note %s\n' "$(stat -c %s "$note")"
		cat "$note"
	done
} >"$WORK/two-keys"
"$BIN/trac" verify --vkey "$WORK/new.vkey" --vkey "$WORK/old.vkey" "$WORK/two-keys" >"$WORK/said"
grep "changed its key: one ($(cat "$WORK/old.id")) signed .* the other ($(cat "$WORK/new.id"))" \
	"$WORK/said" >/dev/null || fail "$(cat "$WORK/said")"
refused 'checkpoint 2 of the evidence: it is not signed by the key given' \
	--vkey "$WORK/old.vkey" "$WORK/two-keys"
sed 's/^common 2 /common 1 /' "$WORK/evidence" >"$WORK/forged"
refused 'does not prove that both' --bundle "$WORK/before.bundle" "$WORK/forged"

say "a bundle from there is in doubt, and hides nothing"
trac lille show SERIAL0003 --proof "$WORK/fork.bundle" >/dev/null
refused 'of a forked log' "$WORK/fork.bundle"
trac lyon show SERIAL0003 --proof "$WORK/branch.bundle" >/dev/null
refused 'of a forked log' "$WORK/branch.bundle"
"$BIN/trac" verify --authority "$VKEY" "$WORK/branch.bundle" >"$WORK/said" 2>/dev/null || true
grep 'proved: the other history of alpha, at size 3' "$WORK/said" >/dev/null ||
	fail "not proved against the other head: $(cat "$WORK/said")"
"$BIN/trac" verify --authority "$VKEY" --known "$WORK/before.bundle" "$WORK/lyon.bundle" >/dev/null ||
	fail "a good bundle is refused"
refused 'handed over again' --known "$WORK/lyon.bundle" "$WORK/before.bundle"

say "both histories are exported, and again"
for again in 1 2; do
	trac lyon log export "$WORK/export" >/dev/null || fail "not exported, time $again"
done
for log in alpha alpha/branch; do
	"$BIN/trac" verify --vkey "$key" "$WORK/export/fne.example/$log" >/dev/null ||
		fail "$log is not verified by the key of alpha"
done

say "forged, cut"
size=$(stat -c %s "$WORK/lyon.bundle")
cp "$WORK/lyon.bundle" "$WORK/bad"
at=$(grep -abo SERIAL0001 "$WORK/bad" | head -n 1 | cut -d : -f 1)
printf 'X' | dd of="$WORK/bad" bs=1 seek="$at" conv=notrunc status=none
refused 'it is not in the log that its author signed' "$WORK/bad"
head -c $((size - 20)) "$WORK/lyon.bundle" >"$WORK/bad"
refused 'no bundle' "$WORK/bad"
say "a new epoch goes on, accuses nobody, and hides neither history"
answered() { trac alpha recover --json | grep '"answers": [1-9]' >/dev/null; }
wait_for 20 "a hub answers alpha" answered
trac alpha recover --new-epoch --reason fork --yes -o "$WORK/epoch" >/dev/null
trac authority member epoch "$WORK/epoch" >/dev/null
wait_for 60 "alpha is in epoch 2" field_is alpha epoch 2
wait_for 60 "what was recorded meanwhile is proved" json_has lyon SERIAL0006 '"proof":"proved"'
for node in lille lyon authority beta gamma alpha; do
	[ "$(trac "$node" evidence --json | grep -c '"log"')" = 1 ] ||
		fail "$node accuses another log: $(trac "$node" evidence)"
	for serial in SERIAL0003 SERIAL0004 SERIAL0005; do
		wait_for 20 "$node shows $serial" json_has "$node" $serial '"contested":true'
	done
done
json_has lyon SERIAL0006 '"contested":false' || fail "the new epoch is in doubt"

say "the history that was closed counts, once, whoever had which one first"
# both shared ones, two of beta, the one that alpha closed, and what it recorded meanwhile
alike 6 lille lyon authority beta gamma alpha
for node in lille lyon authority beta gamma alpha; do
	json_has "$node" SERIAL0003 '"counted":true' || fail "$node: SERIAL0003 is not counted"
	json_has "$node" SERIAL0003 '"notes":\["invalid"\]' && fail "$node: SERIAL0003 is void"
	for serial in SERIAL0004 SERIAL0005; do
		json_has "$node" $serial '"counted":false,"notes":\["invalid"\]' ||
			fail "$node counts $serial"
	done
done
for node in lille lyon; do
	trac "$node" show SERIAL0003 | grep 'IN DOUBT, but counted' >/dev/null ||
		fail "$node does not say that it counts"
	trac "$node" show SERIAL0004 | grep 'IN DOUBT, not counted' >/dev/null ||
		fail "$node does not say that it does not"
	trac "$node" show SERIAL0003 --proof "$WORK/$node.closed" >/dev/null
	refused 'of a forked log' "$WORK/$node.closed"
	"$BIN/trac" verify --authority "$VKEY" "$WORK/$node.closed" >"$WORK/said" 2>/dev/null || true
	grep 'counted all the same: entries of alpha .*: 1$' "$WORK/said" >/dev/null ||
		fail "the bundle of $node says otherwise: $(cat "$WORK/said")"
done

say "evidence that rots stops the figures of that node, and nothing else"
stop lyon
while read -r at; do
	printf X | dd of="$(home lyon)/store/data.mdb" bs=1 seek="$at" conv=notrunc status=none
done < <(grep -abo 'tracd fork evidence v1' "$(home lyon)/store/data.mdb" | cut -d: -f1)
start lyon
waits() { grep -q 'figures wait: the evidence that .*alpha is forked is damaged' "$@"; }
wait_for 20 "the operator of lyon is told" waits "$(home lyon)/tracd.log"

say "until a peer shows it again"
alike 6 lyon
is_calm() { ! waits <(trac lyon status); }
wait_for 20 "lyon is calm" is_calm

for node in authority lille lyon alpha beta gamma; do stop "$node"; done
check_all
