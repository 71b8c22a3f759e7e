#!/usr/bin/env bash
# Two hubs vouch for what a workshop published, while it is away as well; a lookup says
# how many and since when; the witness protocol over HTTP gives the known answers.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

SEED_LOG=$(printf '01%.0s' {1..32})
LOG=tracd.example/atelier/001
LOG_VKEY=$LOG+a480d88e+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c

make_authority
hub() { # NAME [OPTION...]
	local name=$1
	shift
	next_port
	make_node hub "$name" --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" "$@"
}
hub lille --http 127.0.0.1:0
# its key to cosign with is a known one, and it witnesses a log of others
[ "$(stat -c %a "$(home lille)/keys/cosign.key")" = 600 ] || fail "mode of the cosigning key"
printf 'witness_policy = 2\nwitness_log += "%s"\n' "$LOG_VKEY" >>"$(home lille)/tracd.conf"
start lille
hub lyon
start lyon
make_node workshop alpha --commune 59350
printf 'witness_policy = 2\n' >>"$(home alpha)/tracd.conf"
start alpha
wait_for 20 "alpha is admitted" field_is alpha admitted true

say "what alpha publishes two hubs cosign, and alpha learns it"
trac alpha record --quiet --kind received serial=5CG7XK2 maker=Dell origin=external \
	donor_type=company device_type=laptop date=2025-03-03T10:00:00+01:00 commune=59350
# vouched NAME LOG: size, hubs that vouch, of how many, wanted, enough, as that node shows it
vouched() {
	trac "$1" show 5CG7XK2 --json | awk -v log_="\"$NETWORK/$2\"" -F '[:,]' '
		/"log": / { on = index($0, log_) }
		on && /"(size|hubs|of|wanted|enough)": / { gsub(/ /, "", $2); line = line " " $2 }
		on && /"by": / { print substr(line, 2); exit }'
}
# by NAME LOG: who vouches, since when
by() {
	trac "$1" show 5CG7XK2 --json | awk -v log_="\"$NETWORK/$2\"" '
		/"log": / { on = index($0, log_) }
		on && /"by": / { in_by = 1 }
		on && in_by && /"(hub|time)": / { print }
		in_by && /\]/ { exit }'
}
vouched_is() { [ "$(vouched "$1" "$2")" = "$3" ]; }
wait_for 20 "alpha sees that two hubs vouch for it" vouched_is alpha alpha "1 2 2 2 true"
wait_for 20 "and so does the authority" vouched_is authority alpha "1 2 2 1 true"
trac alpha show 5CG7XK2 >"$WORK/show"
grep -q 'alpha: vouched by 2 hubs since 20.* (of 2)' "$WORK/show" || fail "$(cat "$WORK/show")"
wait_for 20 "the member log is vouched for too" vouched_is alpha members "4 2 2 2 true"

say "the log grows while its hubs are away: they vouch for what they saw"
stop lille
stop lyon
trac alpha record --quiet --kind received serial=5CG7XK3 maker=Dell origin=external \
	donor_type=company device_type=laptop date=2025-03-03T10:00:00+01:00 commune=59350
for name in alpha authority; do
	wait_for 20 "$name holds what is signed" vouched_is "$name" alpha \
		"2 2 2 $([ "$name" = alpha ] && echo 2 || echo 1) true"
	trac "$name" show 5CG7XK2 --proof "$WORK/grown-$name" >"$WORK/show"
	grep -q 'alpha: vouched by 2 hubs since 20.* (of 2), at size 1 of 2$' "$WORK/show" ||
		fail "$name: $(cat "$WORK/show")"
	"$BIN/trac" verify "$WORK/grown-$name" --authority "$VKEY" >"$WORK/verified"
	grep -q 'by 2 hubs since 20.* (of 2), at size 1 of 2' "$WORK/verified" ||
		fail "$name: $(cat "$WORK/verified")"
done
trac alpha show 5CG7XK3 >"$WORK/show"
grep -q 'alpha: no hub vouches for it yet (of 2); NOT ENOUGH: 2 wanted' "$WORK/show" ||
	fail "$(cat "$WORK/show")"
start lille
start lyon
is_caught_up() { trac alpha show 5CG7XK3 | grep 'alpha: vouched by 2 hubs .* (of 2)$'; }
wait_for 20 "the hubs are back and vouch for all" is_caught_up

say "the workshop goes away: its hubs say the same, offline verification too"
stop alpha
trac lyon show 5CG7XK2 --proof "$WORK/bundle" >"$WORK/show"
grep -q 'alpha: vouched by 2 hubs since' "$WORK/show" || fail "$(cat "$WORK/show")"
env -u TRAC_HOME "$BIN/trac" verify "$WORK/bundle" --authority "$VKEY" >"$WORK/verified"
grep -q 'alpha: vouched by 2 hubs since' "$WORK/verified" || fail "$(cat "$WORK/verified")"

say "a damaged cosignature is refused"
mark="— $NETWORK/lyon "
at=$(grep -abo -- "$mark" "$WORK/bundle" | tail -n 1 | cut -d: -f1)
at=$((at + $(printf %s "$mark" | wc -c) + 40))
cp "$WORK/bundle" "$WORK/forged"
byte=$(dd if="$WORK/bundle" bs=1 skip="$at" count=1 status=none)
[ "$byte" = A ] && byte=B || byte=A
printf %s "$byte" | dd of="$WORK/forged" bs=1 seek="$at" conv=notrunc status=none
if "$BIN/trac" verify "$WORK/forged" --authority "$VKEY" >"$WORK/out" 2>&1; then
	fail "a forged cosignature is accepted"
fi
grep -q 'does not verify' "$WORK/out" || fail "$(cat "$WORK/out")"

say "a hub that is killed gives no second cosignature, and none is lost"
before=$(by lyon alpha)
[ "$(grep -c '"hub"' <<<"$before")" = 2 ] || fail "$before"
kill -KILL "$(pid_of lille)"
wait "$(pid_of lille)" 2>/dev/null || true
start lille
is_linked() { [ "$(field lille links)" -gt 0 ]; }
wait_for 20 "lille is linked" is_linked
for name in lille lyon; do
	[ "$(by "$name" alpha)" = "$before" ] ||
		fail "$name shows another cosignature: $(by "$name" alpha)"
done
has_port() { [ "$(field lille http_port)" -gt 0 ]; }
wait_for 20 "HTTP is up" has_port
url=http://127.0.0.1:$(field lille http_port)/witness

# --- the witness protocol, with the known answers of the C2SP formats ---
# post FILE: status in $STATUS, type in $TYPE, body in $WORK/body
post() {
	read -r STATUS TYPE < <(curl -s -o "$WORK/body" -w '%{http_code} %{content_type}\n' \
		--data-binary @"$1" "$url/add-checkpoint")
}
expect() { # STATUS FILE WHAT
	post "$2"
	[ "$STATUS" = "$1" ] || fail "$3: $STATUS where $1 was expected: $(cat "$WORK/body")"
}
# 503: so soon after a start a hub cosigns nothing
is_sure() { post "$1" && [ "$STATUS" != 503 ]; }
sure() { # FILE WHAT: the same when the hub may cosign
	wait_for 20 "$2" is_sure "$1"
	[ "$STATUS" = 200 ] || fail "$2: $STATUS: $(cat "$WORK/body")"
}
# a log of others that is signed here by its known seed
# shellcheck disable=SC2059,SC2001  # escapes are what is wanted
unhex() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }
sha() { unhex "$1" | sha256sum | cut -c1-64; }
b64() { unhex "$1" | base64 -w0; }
a=$(sha 0061) b=$(sha 0062) c=$(sha 0063) d=$(sha 0064)
ab=$(sha "01$a$b")
root3=$(sha "01$ab$c")
root4=$(sha "01$ab$(sha "01$c$d")")
case $root3 in 36642e73c2540ab121e3*e6c021ec1) ;; *) fail "root $root3" ;; esac
unhex "302e020100300506032b657004220420$SEED_LOG" >"$WORK/key.der"
# note SIZE ROOT [KEY]: the checkpoint of that log
note() {
	local signature
	printf '%s\n%s\n%s\n' "$LOG" "$1" "$(b64 "$2")" >"$WORK/text"
	signature=$(openssl pkeyutl -sign -rawin -keyform DER -inkey "${3:-$WORK/key.der}" \
		-in "$WORK/text" | od -An -v -tx1 | tr -d ' \n')
	cat "$WORK/text"
	printf '\n— %s %s\n' "$LOG" "$(b64 "a480d88e$signature")"
}
# request FILE OLD [HASH...]: with the checkpoint in note
request() {
	local file=$WORK/$1 hash
	printf 'old %s\n' "$2" >"$file"
	shift 2
	for hash in "$@"; do printf '%s\n' "$(b64 "$hash")" >>"$file"; done
	printf '\n' >>"$file"
	cat "$WORK/note" >>"$file"
}
note 3 "$root3" >"$WORK/note"
signed=pIDYjnlzPotHJGQXZmLolMqL8BusbR2Suu4CLbj1vzuN
signed+=vISF5yQgPJ1l1wLcmzbwtz6TjoJTenqUT8bEruvDESdV7A0=
cmp -s "$WORK/note" - <<-END || fail "not the known checkpoint: $(cat "$WORK/note")"
	$LOG
	3
	NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=

	— $LOG $signed
END
request first 0
request again 3
sed "s|$LOG|tracd.example/atelier/002|" "$WORK/first" >"$WORK/unknown"
sed '1s/.*/old three/' "$WORK/first" >"$WORK/junk"
note 3 "$ab" >"$WORK/note"
request other 3
note 4 "$root4" >"$WORK/note"
request grown 3 "$c" "$d" "$ab"
request old 0
request above 5
request badproof 3 "$c" "$c" "$ab"
unhex "302e020100300506032b657004220420$(printf '03%.0s' {1..32})" >"$WORK/other.der"
note 4 "$root4" "$WORK/other.der" >"$WORK/note"
request badsign 3 "$c" "$d" "$ab"

hash=$(printf %s "$LOG" | sha256sum | cut -d' ' -f1)
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
[ "$(code "$url/$hash/checkpoint")" = 404 ] || fail "a checkpoint that was never cosigned"
expect 404 "$WORK/unknown" "an unknown origin"
expect 400 "$WORK/junk" "no request"
expect 403 "$WORK/badsign" "a bad signature"
expect 409 "$WORK/again" "old size 3 before anything was cosigned"
[ "$(cat "$WORK/body")" = 0 ] || fail "409 says $(cat "$WORK/body")"
[ "$TYPE" = text/x.tlog.size ] || fail "409 is $TYPE"
sure "$WORK/first" "the first checkpoint"
cp "$WORK/body" "$WORK/line"
grep -q "^— $NETWORK/lille " "$WORK/line" || fail "no cosignature: $(cat "$WORK/line")"
expect 409 "$WORK/old" "old size 0 after 3"
[ "$(cat "$WORK/body")" = 3 ] || fail "409 says $(cat "$WORK/body")"
expect 422 "$WORK/badproof" "a bad proof"
expect 422 "$WORK/other" "another root of the same size"
expect 400 "$WORK/above" "old above the size"
expect 200 "$WORK/grown" "the log has grown"
cp "$WORK/body" "$WORK/line"
expect 409 "$WORK/again" "going back"
[ "$(cat "$WORK/body")" = 4 ] || fail "409 says $(cat "$WORK/body")"
[ "$(code "$url/add-checkpoint")" = 405 ] || fail "GET of add-checkpoint"
[ "$(code -X POST -d x "$url/$hash/checkpoint")" = 405 ] || fail "POST of a checkpoint"
head -c 70000 /dev/zero >"$WORK/large"
case "$(code --data-binary @"$WORK/large" "$url/add-checkpoint")" in 413 | 400 | 000) ;;
*) fail "a body of 70,000 bytes is taken" ;; esac

say "the checkpoint is served with both lines, also after a restart"
curl -s "$url/$hash/checkpoint" >"$WORK/checkpoint"
grep -qxF "$(cat "$WORK/line")" "$WORK/checkpoint" || fail "$(cat "$WORK/checkpoint")"
[ "$(sed -n 2p "$WORK/checkpoint")" = 4 ] || fail "$(cat "$WORK/checkpoint")"
kill -KILL "$(pid_of lille)"
wait "$(pid_of lille)" 2>/dev/null || true
start lille
wait_for 20 "HTTP is up" has_port
url=http://127.0.0.1:$(field lille http_port)/witness
curl -s "$url/$hash/checkpoint" | cmp - "$WORK/checkpoint" || fail "another checkpoint"
expect 409 "$WORK/first" "what was cosigned is remembered"

say "a log of the network may ask as well; its cosignature is the one of the same tree"
hash=$(printf %s "$NETWORK/alpha" | sha256sum | cut -d' ' -f1)
curl -s "$url/$hash/checkpoint" >"$WORK/checkpoint"
{ printf 'old 2\n\n'; cat "$WORK/checkpoint"; } >"$WORK/ask"
sure "$WORK/ask" "a log of the network"

say "another history of a log of the network is refused, and becomes evidence"
seed=$(cat "$(home alpha)/keys/sign.key")
vkey_id=$(sed -n "s|^— $NETWORK/alpha \\(.*\\)|\\1|p" "$WORK/checkpoint" | base64 -d | od -An -v -tx1 |
	tr -d ' \n' | cut -c1-8)
unhex "302e020100300506032b657004220420$seed" >"$WORK/alpha.der"
printf '%s\n2\n%s\n' "$NETWORK/alpha" "$(b64 "$ab")" >"$WORK/text"
signature=$(openssl pkeyutl -sign -rawin -keyform DER -inkey "$WORK/alpha.der" -in "$WORK/text" |
	od -An -v -tx1 | tr -d ' \n')
{
	printf 'old 2\n\n'
	cat "$WORK/text"
	printf '\n— %s %s\n' "$NETWORK/alpha" "$(b64 "$vkey_id$signature")"
} >"$WORK/fork"
is_forked() { trac "$1" status | grep "$NETWORK/alpha" >/dev/null; }
if is_forked lille; then fail "a fork before there is one"; fi
expect 422 "$WORK/fork" "another history"
for name in lille lyon authority; do
	wait_for 20 "$name has the evidence" is_forked "$name"
done
expect 422 "$WORK/ask" "a forked log"
grep -qx 'tracd_forked_logs 1' <(curl -s "${url%/witness}/metrics") || fail "no metric of the fork"

say "alone after a start it may be an old copy: nothing is cosigned before a peer greets"
stop lille
stop authority
stop lyon
start lille
wait_for 20 "HTTP is up" has_port
url=http://127.0.0.1:$(field lille http_port)/witness
expect 422 "$WORK/ask" "a forked log, alone"
note 4 "$root4" >"$WORK/note"
request same 4
expect 503 "$WORK/same" "cosigning a log of others alone"
expect 409 "$WORK/first" "what was cosigned is remembered alone"
start lyon
sure "$WORK/same" "lyon greets, and lille cosigns again"
start authority
check_all
