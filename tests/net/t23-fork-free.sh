#!/usr/bin/env bash
# No restore forks a log. A folder that is lost comes back from its keys alone; a folder
# that runs twice is found out, and its operators are told; a log of which signed entries
# are gone for good goes on in a new epoch.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=31555
}
shows() { trac "$1" show "$2" --json 2>/dev/null | grep '"stocked"' >/dev/null; }
warned() { trac "$1" status | grep "$2" >/dev/null; }
told() { grep "$2" "$(home "$1")/tracd.log" >/dev/null; }

make_authority
make_node workshop alpha
start alpha
for i in 1 2 3; do record alpha "SERIAL000$i"; done
wait_for 20 "all is published" field_is alpha published_size 3
wait_for 20 "the authority holds it" field_is authority entries 3

say "the folder is lost, only the keys are left"
cp -a "$(home alpha)/keys" "$WORK/keys"
stop alpha
stop authority
rm -r "$(home alpha)" "$(home alpha).fence"
restore() {
	trac alpha restore workshop --keys "$1" --authority "$VKEY" --name alpha --peer "$JOIN" --quiet
}
# a restore that was cut off is gone on with, but no key is ever overwritten
mkdir -p "$(home alpha)/keys" "$(home alpha)/store" "$WORK/other"
chmod 700 "$(home alpha)/keys" "$(home alpha)/store"
cp -p "$WORK/keys/sign.key" "$(home alpha)/keys"
cp -p "$WORK/keys/link.key" "$WORK/other/sign.key"
cp -p "$WORK/keys/link.key" "$WORK/other"
if restore "$WORK/other" >/dev/null 2>"$WORK/why"; then fail "another key was written over"; fi
grep -q 'another key' "$WORK/why" || fail "it was not said why: $(cat "$WORK/why")"
restore "$WORK/keys" >/dev/null
if restore "$WORK/keys" >/dev/null 2>&1; then fail "a home was made over another"; fi
start alpha
record alpha SERIAL0004
field_is alpha quarantine true || fail "it signs before anyone has answered"
start authority
wait_for 30 "the log is back" field_is alpha own_size 4
wait_for 20 "and goes on" field_is authority entries 4
for i in 1 2 3 4; do
	shows alpha "SERIAL000$i" || fail "SERIAL000$i is not found at alpha"
	shows authority "SERIAL000$i" || fail "SERIAL000$i is not found at the authority"
done
[ ! -e "$(home alpha)/restored" ] || fail "it is still marked as restored"

say "a copy of the folder is started beside it"
cp -a "$(home alpha)" "$(home spare)"
rm "$(home spare)/tracd.sock"
start spare
wait_for 20 "the second is told" warned spare 'linked twice: .* an earlier link'
wait_for 20 "the first is told" warned alpha 'linked twice: .* a later link'
record spare SERIAL0005
record alpha SERIAL0006
wait_for 20 "the first goes on" field_is authority entries 5
field_is spare quarantine true || fail "the copy left quarantine beside the first"
shows spare SERIAL0005 || fail "the copy does not find what it recorded"
stop alpha
wait_for 60 "the second takes over where the first ended" field_is authority entries 6
field_is spare quarantine false || fail "the copy is still in quarantine"
shows spare SERIAL0006 || fail "the copy does not hold what the first signed"
shows authority SERIAL0005 || fail "what the copy recorded is lost"

say "the first comes back, older than what was signed under its name"
start alpha
record alpha SERIAL0007
wait_for 20 "it is the second now" warned alpha 'linked twice: .* an earlier link'
wait_for 20 "the other is told" warned spare 'linked twice: .* a later link'
stop spare
wait_for 60 "it takes over again" field_is authority entries 7
shows alpha SERIAL0005 || fail "the first does not hold what the copy signed"
alone() { ! warned alpha 'linked twice'; }
wait_for 20 "the warning is taken back" alone
say "a well log is not begun anew"
if trac alpha recover --new-epoch --reason spite --yes >/dev/null 2>"$WORK/why"; then
	fail "a healthy log may be given up"
fi
grep -q 'is well' "$WORK/why" || fail "it was not said why: $(cat "$WORK/why")"
say "a second one that comes and goes is told, and taken back"
rm -rf "$(home spare)" "$(home spare).fence"
cp -a "$(home alpha)" "$(home spare)"
rm "$(home spare)/tracd.sock"
start spare
wait_for 20 "the first is told again" warned alpha 'linked twice: .* a later link'
stop spare
wait_for 20 "the warning is taken back" alone
if told authority 'fork:'; then fail "somebody forked"; fi
stop alpha

say "entries were signed that nobody holds any more: only a new epoch goes on"
sed -i 3s/.*/9/ "$(home alpha).fence/head"
start alpha
record alpha SERIAL0008
answered() { trac alpha recover --json | grep '"answers": 1' >/dev/null; }
wait_for 20 "the authority has answered" answered
trac alpha recover --consent --yes >/dev/null
field_is alpha quarantine true || fail "consent stood for what the fence proves"
if trac alpha recover --new-epoch --yes >/dev/null 2>&1; then fail "no reason is asked for"; fi
trac alpha recover --new-epoch --reason lost-disk --yes -o "$WORK/epoch" >/dev/null
sed 's/^size 7/size 6/' "$WORK/epoch" >"$WORK/forged"
if trac authority member epoch "$WORK/forged" >/dev/null 2>&1; then fail "a forged request is taken"; fi
trac authority member epoch "$WORK/epoch" >/dev/null
wait_for 60 "it goes on in epoch 2" field_is authority entries 8
field_is alpha quarantine false || fail "still in quarantine"
if warned authority 'begins epoch'; then fail "a new epoch is told as somebody's fault"; fi
field_is alpha epoch 2 || fail "epoch $(field alpha epoch)"
field_is alpha published_size 1 || fail "the new log has $(field alpha published_size) entries"
for i in 1 2 3 4 5 6 7 8; do
	shows alpha "SERIAL000$i" || fail "SERIAL000$i is not found at alpha"
	shows authority "SERIAL000$i" || fail "SERIAL000$i is not found at the authority"
done
if trac authority member epoch "$WORK/epoch" >/dev/null 2>&1; then fail "the same request twice"; fi

grep -q '"reference": "alpha/2/0"' <(trac authority show SERIAL0008 --json) ||
	fail "the reference does not name the epoch"
grep -q SERIAL0008 <(trac authority show alpha/2/0) || fail "alpha/2/0 is not found"
grep -q SERIAL0001 <(trac authority show alpha/0) || fail "alpha/0 is another one now"
if trac authority show 2/0 >/dev/null 2>&1; then fail "an epoch is taken for a member"; fi

say "and a restart goes on there"
stop alpha
start alpha
field_is alpha quarantine false || fail "in quarantine again"
record alpha SERIAL0009
wait_for 20 "it is published" field_is authority entries 9
stop alpha
stop authority
check_all
