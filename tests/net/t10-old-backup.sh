#!/usr/bin/env bash
# The store of a workshop is put back from an old copy. What it had signed since
# comes back from the authority under its own key: it publishes nothing more,
# also after a restart, until the newest copy is put back.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=31555
}
keep() { cp -a "$(home alpha)/store" "$WORK/$1"; }
put_back() {
	rm -r "$(home alpha)/store"
	cp -a "$WORK/$1" "$(home alpha)/store"
}
warned() { grep -q 'nothing is published until the log is restored' <(trac alpha status); }

make_authority
make_node workshop alpha
start alpha
record alpha SERIAL0001
wait_for 20 "the first is published" field_is alpha published_size 1
stop alpha
keep old
start alpha
record alpha SERIAL0002
record alpha SERIAL0003
wait_for 20 "all are published" field_is alpha published_size 3
wait_for 20 "the authority holds them" field_is authority entries 3
stop alpha
keep newest

say "the old copy is put back"
put_back old
start alpha
record alpha SERIAL0004
wait_for 20 "the operator is told" warned
record alpha SERIAL0005
stop alpha

say "a restart forgets nothing"
start alpha
wait_for 20 "the operator is told again" warned
wait_for 20 "a link" field_is alpha links 1
record alpha SERIAL0006
field_is alpha published_size 1 || fail "an old copy published"
field_is authority entries 3 || fail "the authority took more"
stop alpha

say "the newest copy is put back"
put_back newest
start alpha
record alpha SERIAL0007
wait_for 20 "it publishes again" field_is alpha published_size 4
wait_for 20 "the authority holds it" field_is authority entries 4
if warned; then fail "still warned"; fi
stop alpha
stop authority
check_all
