#!/usr/bin/env bash
# No person in a log: texts are refused, beneficiaries are commitments whose keys can be
# destroyed, and files go only to members that their owner names, sealed past the hub.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

# refused WORDS COMMAND...: it fails, and says the words
refused() {
	local words=$1
	shift
	if "$@" >"$WORK/out" 2>&1; then fail "accepted: $*"; fi
	grep -q -- "$words" "$WORK/out" || fail "\"$words\" not said: $(cat "$WORK/out")"
}
given() {
	trac alpha record --kind made_available serial=5CG8301XYZ maker=HP mode=donation \
		recipient_type=final_user public=low_income department=31 "$@"
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" --commune 59350
hub_port=$PORT
start lille
hub="$(field lille link_key)@127.0.0.1:$hub_port"
make_node workshop alpha --commune 31555 --peer "$hub"
make_node workshop beta --commune 59350 --peer "$hub"
make_node workshop gamma --commune 59350 --peer "$hub"
for name in alpha beta gamma; do start "$name"; done
knows_all() { [ "$(trac "$1" members --json | grep -c '"name"')" = 5 ]; }
for name in alpha beta gamma; do wait_for 20 "$name knows all" knows_all "$name"; done

say "texts that name people are refused, where they are recorded"
audited=(--kind audited serial=5CG8301XYZ maker=HP decision=reuse)
refused "pseudonym" trac alpha record "${audited[@]}" operator="Jean Dupont"
refused "telephone" trac alpha record "${audited[@]}" lot="06 12 34 56 78"
refused "social security" trac alpha record "${audited[@]}" lot="1 85 05 78 006 084 91"
refused "person" trac alpha record --kind audited label=PC-JEAN-DUPONT decision=reuse
refused "person" trac alpha record --kind audited serial="Jean Dupont" maker=HP decision=reuse
trac alpha record --quiet "${audited[@]}" operator=tech-2 lot=labege-2026-03
named() {
	trac "delta-$1" init workshop --authority "$VKEY" --name "delta-$1" --peer "$JOIN" \
		--title "$2"
}
refused "name of a person" named a "Jean Dupont"
refused "telephone" named b "Atelier du Lac 05 61 00 00 00"
named c "Atelier Été & Réemploi" >/dev/null
# nor by a hand in the settings
sed -i 's/^title.*/title = "Mme Durand"/' "$WORK/delta-c/tracd.conf"
trac delta-c member request -o "$WORK/delta-c/request" --quiet
refused "names a person" trac authority member admit "$WORK/delta-c/request"

say "a beneficiary is a commitment, other at each event"
given beneficiary=new >"$WORK/new"
token=$(sed -n 's/^beneficiary: \([0-9a-f]\{32\}\) .*/\1/p' "$WORK/new")
[ -n "$token" ] || fail "no token: $(cat "$WORK/new")"
trac alpha record --quiet --kind training_given people=1 minutes=60 type=first_steps \
	frame=at_delivery "beneficiary=$token"
trac alpha beneficiary "$token" >"$WORK/tied"
[ "$(cat "$WORK/tied")" = "alpha/1
alpha/2" ] || fail "tied to the token: $(cat "$WORK/tied")"
trac alpha beneficiary "$token" --json | sed -n 's/.*"commitment": "\(.*\)"/\1/p' >"$WORK/commitments"
[ "$(sort -u "$WORK/commitments" | wc -l)" = 2 ] || fail "two events share a commitment"
refused "about no person" trac alpha record "${audited[@]}" beneficiary=new
refused "not known here" given beneficiary=00112233445566778899aabbccddeeff
[ "$(find "$WORK/alpha/private" -type f -perm 0600 | wc -l)" = 1 ] || fail "keys: one file, 0600"
if grep -rqs "$token" "$WORK"/*/store "$WORK"/*/private "$WORK"/*/tracd.log; then
	fail "the token stands on a disk"
fi

say "it is the same again for an event that is sent again"
line='{"kind":"training_given","people":1,"minutes":5,"type":"first_steps","frame":"follow_up"'
line+=',"date":"2026-03-02","id":"00112233445566778899aabbccddeeff","beneficiary":"'"$token"'"}'
for _ in 1 2; do echo "$line" | trac alpha record - --quiet; done
[ "$(trac alpha beneficiary "$token" | wc -l)" = 3 ] || fail "one event has two keys"

say "forgetting destroys the keys, also past a restart, and every proof still verifies"
wait_for 20 "beta holds all" field_is beta entries 4
trac beta show 5CG8301XYZ --json --proof "$WORK/before" >"$WORK/show-before"
grep -q "$(head -n 1 "$WORK/commitments")" "$WORK/show-before" || fail "no commitment is shown"
trac alpha forget "$token" >/dev/null
[ -z "$(ls "$WORK/alpha/private")" ] || fail "keys are left"
stop alpha
start alpha
refused "not known here" trac alpha beneficiary "$token"
refused "not known here" trac alpha forget "$token"
trac beta show 5CG8301XYZ --json --proof "$WORK/after" >"$WORK/show-after"
# but for who vouches for it: a hub may at any time
for bundle in before after; do
	"$BIN/trac" verify "$WORK/$bundle" --authority "$VKEY" --json |
		sed '/"made"/d; /"vouched"/,/"other"/d' >"$WORK/verified-$bundle" ||
		fail "$bundle does not verify"
done
cmp -s "$WORK/verified-before" "$WORK/verified-after" || fail "what is proved has changed"

say "a file is kept by its hash, and cited"
marker=plain-text-that-no-hub-may-read
{ printf '%s\n' "$marker"; head -c 700000 /dev/urandom; } >"$WORK/report.pdf"
hash=$(sha256sum "$WORK/report.pdf" | cut -d' ' -f1)
trac alpha record --quiet "${audited[@]}" "attachment=$WORK/report.pdf"
grep -q "\"sha256\": \"$hash\"" <(trac alpha show 5CG8301XYZ --json) || fail "no file is shown"
[ "$(trac alpha attach "$WORK/report.pdf")" = "$hash:700032:application/pdf" ] ||
	fail "attach says something else"
trac alpha attach --get "$hash" "$WORK/back"
cmp "$WORK/report.pdf" "$WORK/back"
refused "empty" trac alpha attach /dev/null
refused "nobody\|not a member" trac alpha attach --share "$hash" nobody
[ "$(find "$WORK/alpha/attachments" -type f -perm 0600 | wc -l)" = 1 ] || fail "one file, 0600"

say "who is not named is refused, and learns nothing"
wait_for 20 "alpha reaches the hub" sh -c "'$BIN/trac' --home '$WORK/alpha' peers | grep -q lille"
refused "does not share" trac beta attach --fetch "$hash" alpha --wait 20
other=$(printf 'no such file' | sha256sum | cut -d' ' -f1)
refused "does not share" trac beta attach --fetch "$other" alpha --wait 20

say "who is named gets it over the hub"
trac alpha attach --quiet --share "$hash" beta
trac beta attach --quiet --fetch "$hash" alpha --wait 30
trac beta attach --get "$hash" "$WORK/fetched"
cmp "$WORK/report.pdf" "$WORK/fetched"
refused "does not share" trac gamma attach --fetch "$hash" alpha --wait 20
if grep -rqs "$marker" "$WORK/lille" "$WORK/gamma"; then fail "the hub holds the plain text"; fi

say "withdrawn is refused; absent is told"
rm "$WORK/beta/attachments/$hash"
trac alpha attach --quiet --withdraw "$hash" beta
refused "does not share" trac beta attach --fetch "$hash" alpha --wait 20
stop alpha
refused "no hub that this node is linked to" trac beta attach --fetch "$hash" alpha --wait 20
refused "not a member" trac beta attach --fetch "$hash" nobody
check_all
