#!/bin/bash
# The pure layers (proto/ and daemon/core/) touch no clock, file, network or
# chance: whatever their libraries leave undefined is in the list below.
# And no two libraries give one name to two things: the linker would take the
# first and say nothing.
# usage: pure.sh BUILD
. "$(dirname "$0")/lib.sh"
need nm

allowed='
mem(chr|cmp|cpy|mem|move|set|pcpy)
str(cat|chr|chrnul|cmp|coll|cspn|dup|len|lcpy|lcat|ncasecmp|casecmp|ncmp|ncpy|ndup|nlen|pbrk|rchr)
str(spn|str|tok_r|tol|toll|toul|toull|sep)
(__isoc2?3?_?)?strto(l|ll|ul|ull|imax|umax)
malloc calloc realloc reallocarray free
snprintf vsnprintf asprintf vasprintf qsort bsearch abs labs
to(upper|lower) is(alnum|alpha|digit|graph|lower|print|punct|space|upper|xdigit)
__ctype_(b|tolower|toupper)_loc __errno_location
__assert_fail abort
__stack_chk_fail __(mem|str|sn|vsn|as|vas)[a-z]+_chk _GLOBAL_OFFSET_TABLE_
(__asan|__ubsan|__sanitizer|__lsan|__sancov)_.*
protobuf_c_.*
sodium_(init|memcmp|memzero|is_zero|compare|bin2hex|hex2bin|bin2base64|base642bin)
sodium_base64_encoded_len sodium_malloc sodium_free crypto_scalarmult_base
nettle_sha256_(init|update|digest)
crypto_(shorthash|auth_hmacsha256)
crypto_sign_(detached|verify_detached|seed_keypair|ed25519_(detached|verify_detached|seed_keypair))
'
libraries=()
for layer in wire log life core; do
	library=lib$layer.a
	[ -f "$library" ] || { tell "$root/$library" "not there: build it first"; exit 1; }
	libraries+=("$library")
done

while read -r symbol; do
	tell "$root" "$symbol is defined in more than one library: name one of them after its module"
done < <(nm -g --defined-only lib*.a 2>/dev/null |
	awk 'NF == 3 && $2 ~ /^[TDBR]$/ { print $3 }' | sort | uniq -d)

pattern=$(echo "$allowed" | tr -s ' \n' '|' | sed 's/^|//; s/|$//')
while read -r symbol where; do
	tell "$where" "calls $symbol(): pure code sees and touches nothing of the world"
done < <(
	nm -A "${libraries[@]}" |
		awk 'NF < 2 { next }
		     $(NF - 1) ~ /^[TDBRVWCu]$/ { defined[$NF] = 1 }
		     $(NF - 1) == "U" { where[$NF] = $1 }
		     END { for (s in where) if (!(s in defined)) print s, where[s] }' |
		sed 's/: *$//; s/:[0-9a-f]*$//' | grep -Ev "^($pattern) " | sort
)
verdict
