#!/usr/bin/env bash
# The member log is frozen by a fork, and guardians have replaced its key. Who hands on the head
# that ends that with a bad line of a hub on it is refused, and nothing of it is kept: else an
# honest node would send that line on, and be shunned for it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

forked() { trac "$1" evidence --json | grep '/members' >/dev/null; }
well() { ! forked "$1"; }
level() { field_is "$1" members_size "$(field authority members_size)"; }
told() { grep -- "$2" "$(home "$1")/tracd.log" >/dev/null; }
# dials NAME FROM TO: the one instead of the other, who have one link key
dials() { sed -i "s/@$2/@$3/" "$(home "$1")/tracd.conf"; }
LINE="— $NETWORK/lille "
# harm NAME: one character of each line of lille that its store has
harm() {
	LC_ALL=C sed -i "s|^\($LINE.\{40\}\)[^A]|\1A|; t; s|^\($LINE.\{40\}\)A|\1B|" \
		"$(home "$1")/store/data.mdb"
}
# served: lyon has the head of all the member log, with the line of lille
served() {
	curl -sf "http://127.0.0.1:$(field lyon http_port)/logs/members/checkpoint" >"$WORK/head" &&
		[ "$(sed -n 2p "$WORK/head")" = "$(field authority members_size)" ] &&
		grep "^$LINE" "$WORK/head"
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
next_port
make_node hub lyon --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" --http 127.0.0.1:0
start lyon
make_node workshop beta --peer "$(field lyon link_key)@127.0.0.1:$PORT"
start beta
for i in 1 2; do
	"$BIN/trac" guardian init "$NETWORK" "$WORK/guardian$i" >"$WORK/guardian$i.vkey"
done
trac authority guardian name 2 "$(cat "$WORK/guardian1.vkey")" "$(cat "$WORK/guardian2.vkey")" \
	>/dev/null
for name in lille lyon beta; do wait_for 20 "$name knows the guardians" level $name; done
for name in lille lyon beta authority; do stop $name; done

say "a thief of the authority's key freezes the member log"
cp -a "$(home authority)" "$(home thief)"
cp -a "$(home authority).fence" "$(home thief).fence"
next_port
THIEF=127.0.0.1:$PORT
HONEST=${JOIN#*@}
sed -i '/^peers/d; /^hubs_to_dial/d; /^listen/d' "$(home thief)/tracd.conf"
printf 'listen = "tcp://%s"\nhubs_to_dial = 0\n' "$THIEF" >>"$(home thief)/tracd.conf"
start thief
trac thief recover --consent --yes >/dev/null
stolen() { trac thief member move lille 127.0.0.1:9 >/dev/null; }
wait_for 20 "the thief states" stolen
stop thief
start authority
trac authority member move lille "127.0.0.1:10" >/dev/null
start lyon
wait_for 20 "lyon follows the authority" level lyon
stop authority
start thief
dials lyon "$HONEST" "$THIEF"
trac lyon reload >/dev/null
wait_for 40 "lyon has evidence" forked lyon
stop thief
rm -r "$(home thief)"
dials lyon "$THIEF" "$HONEST"
for name in authority lille beta; do start $name; done
trac lyon reload >/dev/null
for name in authority lille beta; do wait_for 40 "$name has evidence" forked $name; done
stop beta

say "the guardians replace the key, and lille vouches for what goes on"
trac authority member succession -o "$WORK/succession" >/dev/null
for i in 1 2; do
	"$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian$i" >/dev/null
done
trac authority member succeed "$WORK/succession" >/dev/null
for name in lille lyon; do
	wait_for 40 "$name follows" level $name
	wait_for 20 "$name is well" well $name
done
wait_for 40 "lille vouches for it" served

say "who was away gets it with a bad line"
for name in authority lille lyon; do stop $name; done
cp "$(home lyon)/store/data.mdb" "$WORK/whole"
harm lyon
if cmp -s "$(home lyon)/store/data.mdb" "$WORK/whole"; then fail "no line was harmed"; fi
start lyon
served_bad() { curl -sf "http://127.0.0.1:$(field lyon http_port)/logs/members/checkpoint"; }
wait_for 20 "lyon serves" served_bad
bad=$(served_bad | grep "^$LINE")
if grep -qxF -- "$bad" "$WORK/head"; then fail "that line is good"; fi
start beta
wait_for 40 "beta refuses it" told beta 'does not verify'
forked beta || fail "beta has taken the head that was refused"
stop lyon
stop beta
if grep -aqF -- "$bad" "$(home beta)/store/data.mdb"; then fail "beta keeps the bad line"; fi

say "and follows who hands it on as it is"
for name in authority lille beta; do start $name; done
wait_for 40 "beta follows" level beta
wait_for 20 "beta is well" well beta
for name in authority lille beta; do stop $name; done
rm -r "$(home lyon)"
check_all
