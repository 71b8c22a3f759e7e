#!/usr/bin/env bash
# Bundles of a network that has lived: keys changed by rotation and by guardians, a member
# revoked, a log forked and begun anew. Each is verified in an empty home with the first
# authority's key alone, in whose words; what is hidden, left out or of others is refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() { # NODE SERIAL
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=59350
}
mkdir "$WORK/empty"
verify() { # [OPTION...] BUNDLE
	(cd "$WORK/empty" && env -i LC_ALL=C.UTF-8 HOME="$WORK/empty" "$BIN/trac" verify "$@" \
		--authority "$VKEY") >"$WORK/said" 2>&1
}
# is CODE [OPTION...] BUNDLE
is() {
	local code=$1 status=0
	shift
	verify "$@" || status=$?
	[ "$status" = "$code" ] || fail "verify $*: exit $status, not $code: $(cat "$WORK/said")"
}
said() { grep -- "$1" "$WORK/said" >/dev/null || fail "not said: $1; but: $(cat "$WORK/said")"; }
unsaid() { ! grep -- "$1" "$WORK/said" >/dev/null || fail "said: $1: $(cat "$WORK/said")"; }
bundle() { trac "$1" show 5CG7XK2 --proof "$WORK/$2" >/dev/null; }
shows() { # NODE WORD
	trac "$1" show 5CG7XK2 --json | tr -d ' \n' | grep -- "$2" >/dev/null
}

make_authority
make_node workshop alpha --commune 59350
make_node workshop beta --commune 59350
start alpha
start beta
record alpha 5CG7XK2
wait_for 60 "it is published" shows authority '"proved":1'
bundle authority first

say "who signed, by which statement, and what nobody can prove"
is 0 "$WORK/first"
said '^proved: the member log of fne.example, whole, at size 3, signed by the key'
said '^proved: the log of alpha, at size 1, .* that statement 1 of the member log names; .*: 1$'
said 'no hub of this network vouches'
said '^  alpha: there is no hub that can vouch for it; NOT ENOUGH: 1 wanted$'
said 'that what is written is true'
said 'that the authority revoked nobody since'
said 'that "5CG7XK2" was asked on 20'
(cd "$WORK/empty" && env -i LC_ALL=C.UTF-8 LANGUAGE=fr HOME="$WORK/empty" "$BIN/trac" verify \
	"$WORK/first" --authority "$VKEY") | grep "^prouvé : le journal alpha, à la taille 1" \
	>/dev/null || fail "not in French"

say "left out, and replayed"
record beta 5CG7XK2
wait_for 60 "the second is published" shows authority '"proved":2'
bundle authority second
is 0 --known "$WORK/first" "$WORK/second"
said 'no log in it is older'
is 2 --known "$WORK/second" "$WORK/first"
said 'LEFT OUT: .*: 1; the first is beta/0'
said 'leaves out 1 entries'
record alpha OTHER0001
trac alpha member rotate -o "$WORK/rotation" >/dev/null
record alpha 5CG7XK2
bundle alpha pending
is 2 "$WORK/pending"
said 'NOT proved: entries said to be of alpha that it has not signed: 1'
said '1 of 3 entries are not proved'
trac authority member rotate "$WORK/rotation" >/dev/null
wait_for 60 "the new key signs" shows authority '"proved":3'
bundle authority rotated
is 0 "$WORK/rotated"
said 'at size 3, signed by the key .* that statement 3 of the member log names; .*: 2$'

say "a revocation, and a bundle that hides it"
trac authority member revoke beta --reason misbehaved --from 0 >/dev/null
bundle authority revoked
is 2 "$WORK/revoked"
said 'statement 4 of the member log, of 20.*, revoked beta from its entry 0 on; .*void: 1$'
said '1 of 3 entries are void'
is 2 --known "$WORK/revoked" "$WORK/rotated"
said 'members": the bundle shows its first 4 entries, and 5 are known'
said 'handed over again'

say "the guardians replace the authority's key: the first one still verifies"
for i in 1 2; do "$BIN/trac" guardian init "$NETWORK" "$WORK/guardian$i" >"$WORK/guardian$i.vkey"; done
trac authority guardian name 2 "$(cat "$WORK/guardian1.vkey")" "$(cat "$WORK/guardian2.vkey")" \
	>/dev/null
trac authority member succession -o "$WORK/succession" >/dev/null
for i in 1 2; do "$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian$i" >/dev/null; done
trac authority member succeed "$WORK/succession" >/dev/null
bundle authority succeeded
is 2 "$WORK/succeeded"
said 'proved: that key follows the key [0-9a-f]* that was given'

say "a log that forked"
only_peer() { # NODE ADDRESS: and no hub that the member log names
	sed -i '/^peers/d; /^hubs_to_dial/d' "$(home "$1")/tracd.conf"
	printf 'peers = {"%s"}\nhubs_to_dial = 0\n' "$2" >>"$(home "$1")/tracd.conf"
}
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
LILLE="$(field lille link_key)@127.0.0.1:$PORT"
wait_for 60 "lille holds all" shows lille '"proved":2'
stop lille
stop alpha
only_peer alpha "$JOIN"
cp -a "$(home alpha)" "$(home spare)"
cp -a "$(home alpha).fence" "$(home spare).fence"
only_peer spare "$LILLE"
start alpha
record alpha 5CG7XK2
wait_for 60 "the authority has one history" shows authority '"tree_size":4'
stop alpha
stop authority
start lille
start spare
record spare 5CG7XK2
record spare 5CG7XK2
wait_for 60 "lille has the other" shows lille '"tree_size":5'
stop spare
start authority
forked() { trac "$1" evidence --json | grep '"common": 3' >/dev/null; }
wait_for 60 "the authority has the evidence" forked authority
wait_for 60 "lille has the evidence" forked lille
bundle lille forked
is 2 "$WORK/forked"
said 'IN DOUBT: entries of alpha .*: 2$'
said 'proved: the other history of alpha, at size 4'
said '3 of 6 entries are of a forked log'

say "and goes on in another epoch: what both histories have is proved by either"
start alpha
wait_for 60 "alpha is told" forked alpha
answered() { trac alpha recover --json | grep '"answers": [1-9]' >/dev/null; }
wait_for 60 "it has an answer" answered
trac alpha recover --new-epoch --reason fork --yes -o "$WORK/epoch" >/dev/null
trac authority member epoch "$WORK/epoch" >/dev/null
# and both hold what either history has
closed() { shows "$1" '"orphans":2'; }
wait_for 60 "lille has closed it" closed lille
wait_for 60 "the authority holds both" closed authority
bundle lille lille.bundle
bundle authority authority.bundle
for name in lille authority; do
	is 2 "$WORK/$name.bundle"
	# of the history that the member log does not name; what both begin with is none
	said 'orphans: entries of alpha .*: 2$'
	said 'alpha/0  *proved'
	said 'alpha/2  *proved'
done
for node in lille alpha authority; do stop "$node"; done
check_all
