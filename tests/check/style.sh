#!/bin/bash
# The shape of our text: tabs, line and file lengths, a purpose on top, no
# banned calls, and clock and dice only where they are named.
# usage: style.sh [ROOT]
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

line_max=100
sentence_max=120
file_max=500
function_max=70

# call, then the only files that may make it; a call alone is nobody's
calls='
strcpy strcat sprintf vsprintf stpcpy strtok gets atoi atol atoll alloca system popen tmpnam mktemp
'
named='
clock_gettime   daemon/clock.c cli/world.c tests/**
gettimeofday    tests/**
time            tests/**
rand            tests/**
random          tests/**
srand           tests/**
getrandom       store/identity.c daemon/dice.c tests/**
randombytes_buf cli/world.c tests/**
'

# shellcheck disable=SC2016  # the dollars are awk's
shape='
function tell(sentence) {
	printf "%s:%d: %s\n", FILENAME, FNR, sentence > "/dev/stderr"
	bad = 1
}
# columns: a tab ends at the next multiple of 8, a UTF-8 character is one
function columns(text,    i, n, c) {
	gsub(/[\200-\277]/, "", text)
	if (text !~ /\t/) return length(text)
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		n = c == "\t" ? n + 8 - n % 8 : n + 1
	}
	return n
}
FNR == 1 {
	is_c = FILENAME ~ /\.[ch]$/
	is_script = /^#!/
	wanted = is_c ? "^/\\*" : FILENAME ~ /\.proto$/ ? "^//" : "^#"
	if ($0 !~ wanted) tell("the first line is a comment that says what the file is for")
	start = 0
}
FNR == 2 && is_script && !/^# [^ ]/ { tell("the second line says what the script is for") }
# the schema of all kinds is one list
FNR == file_max + 1 && FILENAME !~ /\.proto$/ { tell("more than " file_max " lines: split the file by noun") }
/[ \t\r]$/ { tell("space at the end of the line") }
/^ / && is_c && !/^ \*/ { tell("indent with tabs") }
/ \t/ && is_c && /^[ \t]* \t/ { tell("a space before a tab") }
# a sentence for people is not torn apart to fit, so that it can be searched for
columns($0) > (/"[^"]* [^"]* [^"]*"/ ? sentence_max : line_max) {
	tell("longer than " line_max " columns")
}
is_c && /^{/ { start = FNR }
is_c && /^}/ && start {
	if (FNR - start - 1 > function_max)
		tell("a body of " FNR - start - 1 " lines, the most is " function_max)
	start = 0
}
END { exit bad }
'
mapfile -t text < <(files_named '*.c' '*.h' '*.proto' '*.sh' '*.mk' '*.awk' Makefile)
mapfile -t sources < <(files_named '*.c' '*.h')
awk -v line_max=$line_max -v sentence_max=$sentence_max -v file_max=$file_max \
	-v function_max=$function_max "$shape" "${text[@]}" || told=1

# One word a call, so that xstrcpy, strcpy_s and a field .time are not meant.
word() {
	printf '(^|[^A-Za-z0-9_.>])%s[ \t]*\\(' "$1"
}
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
awk -f "$here/strip.awk" "${sources[@]}" >"$stripped"

for call in $calls; do
	while IFS=: read -r file line _; do
		# in tests the sanitizers watch
		[[ $file == tests/* ]] || tell "$file:$line" "$call() is banned: it cannot be bounded or checked"
	done < <(grep -E "^[^:]*:[0-9]*:.*$(word "$call")" "$stripped")
done
while read -r call allowed; do
	[ -n "$call" ] || continue
	pattern=$(echo "$allowed" | tr -s ' ' '|' | as_regex)
	while IFS=: read -r file line _; do
		[[ $file =~ ^($pattern)$ ]] ||
			tell "$file:$line" "$call() belongs in $allowed: ask there"
	done < <(grep -E "^[^:]*:[0-9]*:.*$(word "$call")" "$stripped")
done <<<"$named"
verdict
