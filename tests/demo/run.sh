#!/usr/bin/env bash
# The demonstration: a network of workshops records the life of real devices,
# two hubs learn it, and a node that recorded none of it proves it.
# Ends by itself; non-zero when a figure is not what the study says.
# usage: run.sh BUILD      KEEP=1 leaves the network up
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${1:-build}
began=$(date +%s%N)
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

data=$WORK/data
mkdir "$data"
"$BUILD/demo/scenario" . "$data"
mapfile -t members <"$data/members.tsv"
shops=() hubs=()

say "== 1. An authority, two regional hubs and $((${#members[@]} - 2)) workshops of the 397, on this machine"
make_authority
for line in "${members[@]}"; do
	IFS=$'\t' read -r name role insee title <<<"$line"
	options=(--title "$title" --commune "$insee")
	if [ "$role" = hub ]; then
		hubs+=("$name")
		next_port
		options+=(--listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT")
	else
		shops+=("$name")
	fi
	[ "$name" = rhinocc ] && options+=(--http 127.0.0.1:0)
	make_node "$role" "$name" "${options[@]}"
	[ "$role" = hub ] && start "$name"
done
for name in "${shops[@]}"; do start "$name"; done
say "   $(trac authority members --json | grep -o '"name"' | wc -l) members admitted by $NETWORK"

say "== 2. Loops A (Sicoval, full size) and B (Ordi Grand Ouest, 1:10) are recorded"
for name in "${hubs[@]}" "${shops[@]}"; do
	[ -s "$data/$name.jsonl" ] && trac "$name" record --quiet - <"$data/$name.jsonl"
done
victim=envoi-insertion-et-handicap
rows=$(($(wc -l <"$data/$victim.csv") - 1))
head -n $((rows / 2)) "$data/$victim.csv" >"$data/half.csv"
trac "$victim" import --quiet "$data/half.csv"
half=$(field "$victim" own_size)
kill -KILL "$(pid_of "$victim")"
wait "$(pid_of "$victim")" 2>/dev/null || true
say "   $victim: killed (SIGKILL) after $half of $rows events"
start "$victim"
kept=$(field "$victim" own_size)
[ "$kept" -ge "$half" ] || fail "$victim lost acknowledged events: $half, then $kept"
trac "$victim" import --quiet "$data/$victim.csv"
field_is "$victim" own_size "$rows" || fail "$victim holds $(field "$victim" own_size), not $rows"
say "   started again: $kept there, imported again: $rows, none twice"

total=$(($(cat "$data"/*.jsonl | wc -l) + rows))
for name in "${hubs[@]}" sicoval; do
	wait_for 60 "$name holds all $total entries" field_is "$name" entries "$total"
done
say "   all $total events are at both hubs, each proved against its author's signed head"

say "== 3. The life of one device that crossed three workshops, asked at sicoval, which recorded none of it"
device=$(cat "$data/crossing")
trac sicoval show "$device" --proof "$WORK/proof.trac"

say "== 4. The same, verified offline from the bundle with nothing but the authority's public key"
"$BIN/trac" --home /nonexistent verify "$WORK/proof.trac" --authority "$VKEY"

say "== 5. The indicators of the hub rhinocc beside the study's figures"
trac rhinocc indicators

wrong=0
# expect LABEL STUDY OURS
expect() {
	local mark=ok
	[ "$2" = "$3" ] || { mark="NOT WHAT THE STUDY SAYS"; wrong=1; }
	printf '   %-52s %8s %8s   %s\n' "$1" "$2" "$3" "$mark"
}
# figure ID [OPTION...]: the numerator at the hub
figure() {
	local id=$1
	shift
	trac rhinocc indicators --csv "$@" | awk -F, -v id="$id" '$1 == id { print $3 }'
}
west() {
	local sum=0 d
	for d in 22 29 35 44 56; do sum=$((sum + $(figure "$1" --department "$d"))); done
	echo "$sum"
}
say
printf '   %-52s %8s %8s\n' "" study hub
expect "A Sicoval: refurbished" 80 "$(figure I02 --department 31)"
expect "A Sicoval: distributed to modest households" 80 "$(figure I03 --department 31)"
expect "A Sicoval: transfers counted as collections" 0 "$(figure I01 --member sicoval)"
expect "B Ordi Grand Ouest 1:10: collected" 500 "$(west I01)"
expect "B Ordi Grand Ouest 1:10: refurbished" 425 "$(west I02)"
expect "B Ordi Grand Ouest 1:10: not refurbished" 75 "$(($(west I01) - $(west I02)))"

took=$((($(date +%s%N) - began) / 1000000))
say "== done in $((took / 1000)).$(printf %03d $((took % 1000))) s: ${#members[@]} members, $total events"
[ "$wrong" -eq 0 ] || fail "a figure is not what the study says"
check_all
if [ -n "$KEEP" ]; then
	for pid in "${PIDS[@]}"; do
		kill -0 "$pid" 2>/dev/null && echo "$pid"
	done >"$WORK/pids"
	say
	say "The network is up. Try:"
	say "  $BIN/trac --home $(home rhinocc) show $device"
	say "  $BIN/trac --home $(home sicoval) members"
	say "  curl http://127.0.0.1:$(field rhinocc http_port)/metrics"
	say "and end it with: kill \$(cat $WORK/pids); rm -r $WORK"
fi
