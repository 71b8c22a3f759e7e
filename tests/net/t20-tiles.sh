#!/usr/bin/env bash
# What strangers can check: the tiles of a running node over HTTP, a static export,
# the proof of one event. The judge is a Go program of x/mod alone, and openssl.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

# events OF TO: donations announced, of 9 kB each, so that a bundle is sent in pieces
events() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (i = from; i < to; i++) {
			list = ""
			for (k = 0; k < 400; k++)
				list = list sprintf("%sserial:CZC%05dK%03d:HP", k ? "," : "", i, k)
			printf "{\"kind\":\"donation_announced\",\"lot\":\"LOT-%d\"," \
				"\"donor_type\":\"state\",\"donor\":\"dgfip\",\"count\":400," \
				"\"types\":\"laptop:400\",\"commune\":\"31555\"," \
				"\"date\":\"2025-04-01T10:00:00Z\",\"announced\":\"%s\"}\n", i, list
		}
	}'
}
# many OF TO: short ones, for a tree of three levels
many() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (i = from; i < to; i++)
			printf "{\"kind\":\"donation_announced\",\"lot\":\"LOT-%d\"," \
				"\"donor_type\":\"state\",\"donor\":\"dgfip\",\"count\":1," \
				"\"types\":\"laptop:1\",\"commune\":\"31555\"," \
				"\"date\":\"2025-04-01T10:00:00Z\"}\n", i
	}'
}
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
header() { curl -sI "$1" | tr -d '\r' | sed -n "s/^$2: //Ip"; }

make_authority
make_node workshop alpha --http 127.0.0.1:0
start alpha
has_port() { [ "$(field alpha http_port)" -gt 0 ]; }
wait_for 20 "HTTP is up" has_port
url=http://127.0.0.1:$(field alpha http_port)
logs=$url/logs

say "a log of 300 entries, signed twice"
events 0 40 | trac alpha record --quiet -
wait_for 20 "40 are signed" field_is alpha published_size 40
curl -s "$logs/alpha/checkpoint" >"$WORK/old"
[ "$(sed -n 2p "$WORK/old")" = 40 ] || fail "the first checkpoint: $(cat "$WORK/old")"
events 40 300 | trac alpha record --quiet -
wait_for 20 "300 are signed" field_is alpha published_size 300

say "paths, types and caching are those of C2SP tlog-tiles"
[ "$(header "$logs/alpha/checkpoint" content-type)" = 'text/plain; charset=utf-8' ] ||
	fail "type of the checkpoint: $(header "$logs/alpha/checkpoint" content-type)"
grep -q 'max-age=[1-9][0-9]\?$' <(header "$logs/alpha/checkpoint" cache-control) ||
	fail "caching of the checkpoint: $(header "$logs/alpha/checkpoint" cache-control)"
for path in tile/0/000 tile/0/001.p/44 tile/1/000.p/1 tile/entries/000 tile/entries/001.p/44 \
	tile/0/000.p/40 tile/entries/000.p/40; do
	[ "$(code "$logs/alpha/$path")" = 200 ] || fail "$path: $(code "$logs/alpha/$path")"
	[ "$(header "$logs/alpha/$path" content-type)" = application/octet-stream ] ||
		fail "type of $path: $(header "$logs/alpha/$path" content-type)"
	grep -q immutable <(header "$logs/alpha/$path" cache-control) || fail "caching of $path"
	[ "$(header "$logs/alpha/$path" content-length)" = "$(curl -s "$logs/alpha/$path" | wc -c)" ] ||
		fail "HEAD of $path says another length"
done
[ "$(curl -s "$logs/alpha/tile/0/000" | wc -c)" = 8192 ] || fail "a full tile has 8,192 bytes"
[ "$(curl -s "$logs/alpha/tile/entries/000" | wc -c)" -gt 2000000 ] || fail "the bundle is short"
for path in alpha/tile/0/001 alpha/tile/0/001.p/45 alpha/tile/0/002 alpha/tile/1/000 \
	alpha/tile/2/000.p/1 alpha/tile/entries/001 alpha/nothing alpha/2/checkpoint \
	alpha/02/checkpoint beta/checkpoint; do
	[ "$(code "$logs/$path")" = 404 ] || fail "$path: $(code "$logs/$path"), not 404"
	[ "$(header "$logs/$path" cache-control)" = no-store ] || fail "the 404 of $path may be kept"
done
for path in alpha/tile/0/0 alpha/tile/00/000 alpha/tile/8/0/000 alpha/tile/0/x000/001 \
	alpha/tile/data/000 alpha/tile/0/000.p/256 alpha/tile/0/000.p/0 Alpha/checkpoint \
	'' alpha al%70ha/checkpoint; do
	[ "$(code "$logs/$path")" = 400 ] || fail "$path: $(code "$logs/$path"), not 400"
done
[ "$(code --path-as-is "$logs/../logs/alpha/checkpoint")" = 400 ] || fail "a way round"
grep -qx fne.example/members <(curl -s "$logs/members/checkpoint") ||
	fail "no member log: $(curl -s "$logs/members/checkpoint")"

say "what is recorded and not signed is not served"
stop authority
printf 'http = "127.0.0.1:0"\n' >>"$(home authority)/tracd.conf"
events 300 301 | trac alpha record --quiet -
[ "$(field alpha own_size)" = 301 ] || fail "not recorded"
[ "$(curl -s "$logs/alpha/checkpoint" | sed -n 2p)" = 300 ] || fail "signed for nobody"
[ "$(code "$logs/alpha/tile/0/001.p/45")" = 404 ] || fail "a pending entry is served"

say "trac writes the proof of one event, and verifies it by the key alone"
trac alpha log proof alpha/17 -o "$WORK/one" >/dev/null
touch "$WORK/half.tlog-proof"
if trac alpha log proof alpha/17 -o "$WORK/half" 2>/dev/null; then fail "a proof is overwritten"; fi
[ ! -e "$WORK/half.entry" ] || fail "a proof that was not written leaves its entry"
trac alpha log export "$WORK/site" --json >"$WORK/export"
vkey=$(cat "$WORK/site/fne.example/alpha/log.vkey")
# away TRAC_ARGUMENTS...: without any home
away() { "$BIN/trac" --home /nowhere --quiet "$@"; }
away verify -k "$vkey" "$WORK/one.tlog-proof" || fail "the proof does not verify"
printf x >>"$WORK/one.entry"
if away verify -k "$vkey" "$WORK/one.tlog-proof" 2>/dev/null; then fail "a longer entry is proved"; fi
truncate -s -1 "$WORK/one.entry"
if trac alpha log proof alpha/300 -o "$WORK/pending" 2>"$WORK/said"; then
	fail "a pending entry is proved"
fi
grep -q 'it may be pending' "$WORK/said" || fail "of a pending one: $(cat "$WORK/said")"

say "the export is the log, whole; done again it adds what is new"
for log in alpha members; do
	away verify -k "$WORK/site/fne.example/$log/log.vkey" "$WORK/site/fne.example/$log" ||
		fail "the export of $log does not verify"
done
[ "$(grep -c '"size": 300' "$WORK/export")" = 1 ] || fail "it says: $(cat "$WORK/export")"
while read -r file; do
	cmp "$WORK/site/fne.example/$file" <(curl -s "$logs/$file") || fail "over HTTP $file differs"
done < <(cd "$WORK/site/fne.example" && find . -type f ! -name log.vkey -printf '%P\n')
cp "$WORK/old" "$WORK/site/fne.example/alpha/checkpoint.40"
touch -d '2020-01-01' "$WORK/site/fne.example/alpha/tile/0/000"
start authority
wait_for 30 "301 are signed" field_is alpha published_size 301
events 301 520 | trac alpha record --quiet -
wait_for 20 "520 are signed" field_is alpha published_size 520
trac alpha log export "$WORK/site" --log alpha >/dev/null
away verify -k "$vkey" "$WORK/site/fne.example/alpha" || fail "the export does not go on"
[ "$WORK/site/fne.example/alpha/tile/0/000" -ot "$WORK/old" ] || fail "a full tile was written again"
[ ! -e "$WORK/site/fne.example/alpha/tile/0/001.p" ] || fail "partials of a full tile are left"
mkdir -p "$WORK/cut/fne.example/alpha/tile/entries" "$WORK/cut/fne.example/alpha/tile/0"
printf x >"$WORK/cut/fne.example/alpha/tile/entries/000"
head -c 8192 /dev/zero >"$WORK/cut/fne.example/alpha/tile/0/000"
trac alpha log export "$WORK/cut" --log alpha >/dev/null
away verify -k "$vkey" "$WORK/cut/fne.example/alpha" ||
	fail "what an export that was cut short had left is kept"
printf x >"$WORK/cut/fne.example/alpha/.new"
trac alpha log export "$WORK/cut" --log alpha >/dev/null
[ ! -e "$WORK/cut/fne.example/alpha/.new" ] || fail "what a crash left is there for ever"
if flock "$WORK/cut/fne.example/alpha" "$BIN/trac" --home "$(home alpha)" log export \
	"$WORK/cut" --log alpha 2>"$WORK/said"; then
	fail "two exports write one folder"
fi
grep -q 'another export' "$WORK/said" || fail "of two exports: $(cat "$WORK/said")"
cp -r "$WORK/site/fne.example/members/." "$WORK/site/fne.example/alpha"
if trac alpha log export "$WORK/site" --log alpha 2>"$WORK/said"; then
	fail "an export into another log"
fi
grep -q 'does not continue' "$WORK/said" || fail "of another log: $(cat "$WORK/said")"

if ! command -v go >/dev/null || [ ! -d /usr/share/gocode/src/golang.org/x/mod ]; then
	fail "no judge: install golang-go and golang-golang-x-mod-dev (make packages-check)"
fi
say "the judge accepts a log of three levels from another node, and none of it with a bit flipped"
# its cache stays, so that a second run need not compile
HOME=$WORK GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$(cd "$BUILD" && pwd)/go" GOFLAGS=-p=2 \
	go build -o "$WORK/judge" ./tests/judge/*.go
many 520 65836 | trac alpha record --quiet -
wait_for 120 "all is signed" field_is alpha published_size 65836
other=http://127.0.0.1:$(field authority http_port)/logs/alpha
has_all() { [ "$(curl -s "$other/checkpoint" | sed -n 2p)" = 65836 ]; }
wait_for 120 "the authority serves all of it" has_all
key=$(trac alpha members --json | tr -d ' ,"' | awk -F: '
	$1 == "name" { name = $2 } $1 == "sign_key" && name == "alpha" { print $2 }')
judge() {
	"$WORK/judge" "$1" fne.example/alpha "$key" "$WORK/old" "$WORK/one.tlog-proof" \
		"$WORK/one.entry"
}
judge "$other" | tee "$WORK/judged"
[ "$(grep -c '^refused: ' "$WORK/judged")" = 7 ] || fail "the judge tried less"
grep -q 'accepted: 519 tiles and bundles of 3 levels' "$WORK/judged" || fail "the judge saw less"
say "of a site with a damaged tile, full or partial, of each level, nothing"
rm -r "$WORK/site"
trac authority log export "$WORK/site" >/dev/null
site=$WORK/site/fne.example/alpha
judge "$site" >/dev/null
for file in tile/0/000 tile/0/255 tile/0/257.p/44 tile/1/000 tile/1/001.p/1 tile/2/000.p/1 \
	tile/entries/001 tile/entries/257.p/44; do
	cp "$site/$file" "$WORK/whole"
	tail -c 1 "$WORK/whole" | tr '\0-\377' '\1-\377\0' |
		dd of="$site/$file" bs=1 seek=$(($(stat -c %s "$WORK/whole") - 1)) conv=notrunc status=none
	if judge "$site" >/dev/null 2>"$WORK/said"; then fail "the judge accepts another $file"; fi
	case $file in
	*.p/*) grep -Eq 'partial tiles|entry 65835 is not' "$WORK/said" ;;
	tile/entries/*) grep -q 'entry 511 is not the one' "$WORK/said" ;;
	*) grep -q 'is not what its parent holds' "$WORK/said" ;;
	esac || fail "of $file the judge says: $(cat "$WORK/said")"
	if away verify -k "$vkey" "$site" 2>"$WORK/said"; then fail "trac accepts another $file"; fi
	cp "$WORK/whole" "$site/$file"
done
away verify -k "$vkey" "$site" || fail "the site, whole again, does not verify"

say "openssl verifies the signature of the checkpoint"
sed -n '1,/^$/p' "$WORK/old" | sed '$d' >"$WORK/text"
sed -n 's/^— fne.example\/alpha //p' "$WORK/old" | base64 -d | tail -c +5 >"$WORK/signature"
printf '302a300506032b6570032100%s' "$key" | tr a-f A-F | basenc -d --base16 >"$WORK/public.der"
signed() {
	openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$WORK/public.der" \
		-in "$WORK/text" -sigfile "$WORK/signature" >/dev/null 2>&1
}
signed || fail "openssl refuses the signature"
sed -i '2s/40/41/' "$WORK/text"
if signed; then fail "openssl accepts another size"; fi

say "the proof of an entry that counts no more says so"
trac authority member revoke alpha --reason retired --from 65000 >/dev/null
trac authority log proof alpha/65000 -o "$WORK/void" >"$WORK/said"
grep -q 'counts no more' "$WORK/said" || fail "of a void entry: $(cat "$WORK/said")"
away verify -k "$vkey" "$WORK/void.tlog-proof" || fail "it is in the log no more"
trac authority log proof alpha/64999 -o "$WORK/valid" >"$WORK/said"
if grep -q 'counts no more' "$WORK/said"; then fail "of a good entry: $(cat "$WORK/said")"; fi
for name in authority alpha; do stop $name; done
check_all

say "of a bundle with a damaged entry the pieces before it are served, and are no bundle"
# rot SERIAL: one bit of each copy of the entry that names it
rot() {
	local file at
	file=$(home alpha)/store/data.mdb
	while read -r at; do
		printf I | dd of="$file" bs=1 seek=$((at + 14)) conv=notrunc status=none
	done < <(grep -abo "$1..HP" "$file" | cut -d: -f1)
}
start alpha
wait_for 20 "HTTP is up" has_port
logs=http://127.0.0.1:$(field alpha http_port)/logs
curl -s "$logs/alpha/tile/entries/000" >"$WORK/whole"
rot CZC00255K000
if curl -s "$logs/alpha/tile/entries/000" >"$WORK/pieces"; then fail "it is served"; fi
size=$(stat -c %s "$WORK/pieces")
[ "$size" -gt 200000 ] || fail "not one piece of it is served"
cmp -n "$size" "$WORK/whole" "$WORK/pieces" || fail "what is damaged is served"
[ "$size" -lt "$(stat -c %s "$WORK/whole")" ] || fail "all of it is served"
rot CZC00000K000
[ "$(code "$logs/alpha/tile/entries/000")" = 500 ] || fail "it is served from its first piece on"
stop alpha
