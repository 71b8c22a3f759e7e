#!/usr/bin/env bash
# One loop of the study, replayed over real daemons: a network is made, every
# member records its part, and the hub is asked for the figures.
# Non-zero when one is not what the scenario expects.
# usage: loop.sh BUILD FILE.loop      KEEP=1 leaves the network up
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${1:-build}
file=$2
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

data=$WORK/data
mkdir "$data"
"$BUILD/loops/loop" generate "$file" "$data"
total=$(cat "$data/events")
mapfile -t members <"$data/members.tsv"
began=$SECONDS
say "== Loop $(cat "$data/title")"

hubs=() online=() closing=() offline=()
declare -A events
make_authority
for line in "${members[@]}"; do
	IFS=$'\t' read -r name role commune when count <<<"$line"
	events[$name]=$count
	options=(--commune "$commune")
	if [ "$role" = hub ]; then
		next_port
		options+=(--listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT")
		when=hub
	fi
	make_node "$role" "$name" "${options[@]}"
	case $when in
	hub) hubs+=("$name") ;;
	closes) closing+=("$name") ;;
	offline) offline+=("$name") ;;
	*) online+=("$name") ;;
	esac
done
hub=${hubs[0]}

sum=0
record() {
	sum=$((sum + events[$1]))
	[ ! -s "$data/$1.jsonl" ] || trac "$1" record --quiet - <"$data/$1.jsonl" ||
		fail "$1 cannot record its part"
}

for name in "${hubs[@]}" "${online[@]}"; do start "$name"; done
for name in "${hubs[@]}" "${online[@]}"; do record "$name"; done
# these are switched off when the hub holds their part
for name in "${closing[@]}"; do
	start "$name"
	record "$name"
	wait_for 60 "$hub holds what $name recorded" field_is "$hub" entries "$sum"
	stop "$name"
done
# and these have no network: nobody is there to be reached
if [ "${#offline[@]}" -gt 0 ]; then
	stop authority
	for name in "${hubs[@]}"; do stop "$name"; done
	for name in "${offline[@]}"; do
		start "$name"
		record "$name"
	done
	for name in "${hubs[@]}" authority; do start "$name"; done
fi
wait_for 60 "$hub holds all $total entries" field_is "$hub" entries "$total"

"$BUILD/loops/loop" expect "$file" "$BIN/trac" "$WORK" "$hub" || fail "$file: not as expected"
say "   ${#members[@]} members, $total events, $((SECONDS - began)) s"
if grep -l 'bug:' "$WORK"/*/tracd.log; then fail "a daemon says that it is wrong"; fi
trac "$hub" store check --quiet || fail "store check of $hub"
