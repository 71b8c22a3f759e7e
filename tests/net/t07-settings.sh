#!/usr/bin/env bash
# tracd refuses a home that is not right, with a sentence and its exit code, and
# changes nothing: settings, keys, sockets, stores.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
trac alpha init workshop --authority "$VKEY" --name alpha --peer "$JOIN" >/dev/null
home=$(home alpha)

# refused EXIT WORDS [OPTION...]: tracd ends with that code and names each word
refused() {
	local code=$1 words=$2 got=0 word
	shift 2
	timeout 20 "$BIN/tracd" --home "$home" "$@" >"$WORK/out" 2>"$WORK/err" || got=$?
	[ "$got" = "$code" ] || fail "tracd $*: exit $got, not $code: $(cat "$WORK/err")"
	for word in $words; do
		grep -qi -- "$word" "$WORK/err" || fail "'$word' is not in: $(cat "$WORK/err")"
	done
}
with() {
	cp "$home/tracd.conf" "$WORK/good.conf"
	printf '%s\n' "$1" >>"$home/tracd.conf"
}
back() { cp "$WORK/good.conf" "$home/tracd.conf"; }

"$BIN/tracd" --home "$home" -n >/dev/null || fail "a fresh home is refused"
[ ! -e "$home/store/data.mdb" ] || fail "-n made a store"

say "settings"
with 'colour = "blue"';        refused 78 'colour tracd.conf' -n; back
with 'net_memory_mib = 0';     refused 78 'net_memory_mib' -n; back
with 'net_memory_mib = "x"';   refused 78 'net_memory_mib' -n; back
with 'listen = "here"';        refused 78 'listen' -n; back
with 'http = "0.0.0.0:80"';    refused 78 'http' -n; back
with 'peers = {"nonsense"}';   refused 78 'peers' -n; back
with 'role = "king"';          refused 78 'role' -n; back

say "keys"
chmod 644 "$home/keys/sign.key"; refused 78 'sign.key 0600' -n; chmod 600 "$home/keys/sign.key"
mv "$home/keys/link.key" "$WORK/k"; refused 78 'link.key' -n; mv "$WORK/k" "$home/keys/link.key"
echo zz >"$WORK/short"; chmod 600 "$WORK/short"
mv "$home/keys/sign.key" "$WORK/k"; mv "$WORK/short" "$home/keys/sign.key"
refused 78 'sign.key'
mv "$WORK/k" "$home/keys/sign.key"
mv "$home/authority.vkey" "$WORK/v"; refused 78 'authority.vkey' -n; mv "$WORK/v" "$home/authority.vkey"

say "a second tracd on the same home"
start alpha
refused 71 'in use stop'
field_is alpha member alpha || fail "the first tracd does not answer any more"
stop alpha

say "a store of a newer format"
cp -r "$home/store" "$WORK/store"
printf 'not a store at all, but long enough to be looked at%4096s' ' ' >"$home/store/data.mdb"
got=0; timeout 20 "$BIN/tracd" --home "$home" >"$WORK/out" 2>"$WORK/err" || got=$?
case "$got" in 0 | 124 | 13?) fail "a store of junk: exit $got" ;; esac
grep -q 'data.mdb\|store' "$WORK/err" || fail "the sentence does not name the store: $(cat "$WORK/err")"
rm -r "$home/store"; mv "$WORK/store" "$home/store"
start alpha
stop alpha

say "what the sandbox forbids is closed in the running daemon"
start alpha
grep -q '^Seccomp:[[:space:]]*2' "/proc/$(pid_of alpha)/status" || [ -n "${SANITIZED:-}" ] ||
	case "$BUILD" in *san*) ;; *) fail "tracd runs without its seccomp filter" ;; esac
check_all

say "a store that was cut short is refused, not read"
for i in $(seq 1 400); do
	echo "{\"kind\":\"stocked\",\"serial\":\"AB$((10000000 + i))\",\"maker\":\"HP\",\
\"place\":\"shop\",\"date\":\"2025-03-05\",\"commune\":\"31555\"}"
done | trac alpha record --quiet -
stop alpha
cp "$home/store/data.mdb" "$WORK/whole"
head -c $(($(stat -c %s "$WORK/whole") * 2 / 3)) "$WORK/whole" >"$home/store/data.mdb"
got=0
trac alpha store check >"$WORK/out" 2>"$WORK/err" || got=$?
[ "$got" = 2 ] || fail "store check of two thirds: exit $got: $(cat "$WORK/err")"
grep -q 'outside of the file' "$WORK/err" || fail "two thirds of a store: $(cat "$WORK/err")"
for size in 8192 20000; do
	head -c "$size" "$WORK/whole" >"$home/store/data.mdb"
	refused 74 'cut short'
	got=0
	trac alpha store check >"$WORK/out" 2>"$WORK/err" || got=$?
	[ "$got" = 2 ] || fail "store check of a cut file: exit $got: $(cat "$WORK/err")"
done
cp "$WORK/whole" "$home/store/data.mdb"
start alpha
check_all
