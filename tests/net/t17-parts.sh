#!/usr/bin/env bash
# A disk moves from a device of one workshop into one of another: every node tells where
# it has been, who had it and whether it was wiped before each move; data that left with
# a device alarm everywhere until they are erased.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

# rec NODE KIND DATE FIELD=VALUE...
rec() {
	local node=$1 kind=$2 date=$3
	shift 3
	trac "$node" record --quiet --kind "$kind" "date=${date}T10:00:00+01:00" "$@" \
		>"$WORK/out" 2>&1 || fail "$kind at $node: $(cat "$WORK/out")"
}
a=(serial=PF0S0001 maker=LENOVO)
b=(serial=5CG7XK21 maker=HP)
disk=(medium.serial=S3Z9NB0K715 medium.type=ssd medium.capacity_bytes=256GB)
wipe=(level=purge technique=block_erase tool=nwipe tool_version=0.42 verification=full
	result=success)

# shown NODE QUERY TEXT: the text stands in what trac show prints there
shown() { trac "$1" show "$2" >"$WORK/show" && grep -qF "$3" "$WORK/show"; }
expect() { shown "$@" || fail "no \"$3\" in: $(cat "$WORK/show")"; }

make_authority
make_node workshop alpha --commune 31254
start alpha
make_node workshop beta --commune 59350
start beta

say "a disk is taken out at alpha and goes into a device of beta, not erased"
rec alpha received 2025-03-03 "${a[@]}" origin=external donor_type=state
rec alpha identified 2025-03-04 "${a[@]}" device_type=laptop "${disk[@]}" \
	part.component=ram part.serial=RAMX0001 part.capacity_bytes=8GB
rec alpha medium_removed 2025-03-05 "${a[@]}" "${disk[@]}" destination=to_stock
wait_for 20 "beta holds alpha's events" field_is beta entries 3
rec beta received 2025-03-06 "${b[@]}" origin=external donor_type=company
rec beta upgraded 2025-03-07 "${b[@]}" component=disk before_bytes=0 after_bytes=256GB \
	part=used "${disk[@]}"
wait_for 20 "alpha holds beta's events" field_is alpha entries 5
for node in alpha beta authority; do
	[ "$node" = authority ] && wait_for 20 "all at the authority" field_is authority entries 5
	expect "$node" S3Z9NB0K715 "ALARM: reused with data on it"
	expect "$node" S3Z9NB0K715 "where it has been"
	grep -q ambiguous "$WORK/show" && fail "a disk that was in two devices is ambiguous"
done

say "where it lived, in order, in both languages and as JSON"
sed -n '/where it has been/,$p' "$WORK/show" >"$WORK/stays"
grep -q "PF0S0001 *2025-03-04 10:00 *2025-03-05 10:00 .*to be erased" "$WORK/stays" ||
	fail "the first stay: $(cat "$WORK/stays")"
grep -q "in stock *2025-03-05 10:00 *2025-03-07 10:00" "$WORK/stays" ||
	fail "the stay in stock: $(cat "$WORK/stays")"
grep -q "5CG7XK21 *2025-03-07 10:00 *now" "$WORK/stays" || fail "now: $(cat "$WORK/stays")"
env LC_ALL=fr_FR.UTF-8 "$BIN/trac" --home "$(home alpha)" show S3Z9NB0K715 >"$WORK/french"
grep -qF "réemployé avec des données" "$WORK/french" || fail "$(cat "$WORK/french")"
trac alpha show S3Z9NB0K715 --json >"$WORK/json"
for text in '"reused"' '"stays"' '"healed": false' '"to_erase"'; do
	grep -qF "$text" "$WORK/json" || fail "no $text in $(cat "$WORK/json")"
done
expect alpha PF0S0001 "parts: memory RAMX0001 (8 GB)"

say "erased out of its device: the alarm is settled everywhere, and the state comes along"
rec beta data_erased 2025-03-08 "${disk[@]}" "${wipe[@]}"
wait_for 20 "alpha holds the erasure" field_is alpha entries 6
expect alpha S3Z9NB0K715 "alarm, settled since: reused with data on it"
expect alpha S3Z9NB0K715 "5CG7XK21"
expect beta 5CG7XK21 "data: erased"
trac beta show S3Z9NB0K715 >"$WORK/last"

say "one raw report for the disks of two workshops is a doubt, shown with each of them"
report=certificate_sha256=$(printf '%064d' 7)
one=(serial=PF0S0777 maker=LENOVO)
two=(serial=5CG7XK99 maker=HP)
rec alpha identified 2025-04-01 "${one[@]}" device_type=laptop medium.serial=AAAA1111 \
	medium.type=ssd
rec alpha data_erased 2025-04-02 "${one[@]}" medium.serial=AAAA1111 medium.type=ssd "${wipe[@]}" \
	"$report"
expect alpha PF0S0777 "data: erased"
! shown alpha PF0S0777 "erasure doubtful" || fail "a report of one disk is doubted"
rec beta identified 2025-04-03 "${two[@]}" device_type=laptop medium.serial=BBBB2222 \
	medium.type=ssd
rec beta data_erased 2025-04-04 "${two[@]}" medium.serial=BBBB2222 medium.type=ssd "${wipe[@]}" \
	"$report"
wait_for 20 "alpha is told of the other erasure" shown alpha PF0S0777 "erasure doubtful"
expect beta 5CG7XK99 "erasure doubtful"
check_all
