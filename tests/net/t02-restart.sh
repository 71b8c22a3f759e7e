#!/usr/bin/env bash
# Nothing is lost by a clean stop, by SIGKILL of tracd-net, or by SIGKILL of
# tracd: links come back by themselves and what was recorded meanwhile travels.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=31555
}
# the tracd-net process of a node: the child of its spawner
net_of() {
	local spawner
	spawner=$(pgrep -P "$(pid_of "$1")" | head -n 1)
	pgrep -P "$spawner" -x tracd-net | head -n 1
}

make_authority
make_node workshop alpha
start alpha
make_node workshop beta
start beta
record alpha SERIAL0001
wait_for 20 "beta holds the first" field_is beta entries 1

say "tracd-net killed: nothing lost, back by itself"
old=$(net_of alpha)
kill -KILL "$old"
record alpha SERIAL0002
wait_for 10 "tracd-net is back" field_is alpha net_restarts 1
wait_for 20 "the link is back" field_is alpha links 1
wait_for 20 "beta holds the second" field_is beta entries 2
[ "$(net_of alpha)" != "$old" ] || fail "the same tracd-net"

say "the authority, which relays, killed and started again"
kill -KILL "$(pid_of authority)"
wait "$(pid_of authority)" 2>/dev/null || true
record alpha SERIAL0003
start authority
wait_for 30 "beta holds the third" field_is beta entries 3

say "a clean stop, records of the others meanwhile, and a start"
stop beta
[ ! -e "$(home beta)/tracd.sock" ] || fail "the control socket stays after a stop"
record alpha SERIAL0004
start beta
wait_for 30 "beta catches up" field_is beta entries 4

say "settings are read again on SIGHUP, and a bad file changes nothing"
kill -HUP "$(pid_of beta)"
wait_for 10 "reloaded" grep -q 'settings read again' "$(home beta)/tracd.log"
echo 'nonsense = 1' >>"$(home beta)/tracd.conf"
kill -HUP "$(pid_of beta)"
wait_for 10 "refused" grep -q 'reload refused' "$(home beta)/tracd.log"
field_is beta entries 4 || fail "beta does not answer after a refused reload"
check_all
