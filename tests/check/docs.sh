#!/bin/bash
# The manual pages say what the programs do: every setting of the sample, every
# verb and option of trac, every exit code, and nothing that is gone.
# usage: docs.sh [ROOT]
. "$(dirname "$0")/lib.sh"
need mandoc

sample=conf/tracd.conf.sample
settings=doc/man/tracd.conf.5
verbs=doc/man/trac.1

# compare WHAT PAGE NAMES NAMES: those of the program with those of the page
compare() {
	local name
	while read -r name; do
		[ -z "$name" ] || tell "$2" "$1 \"$name\" is missing here"
	done < <(comm -23 <(echo "$3") <(echo "$4"))
	while read -r name; do
		[ -z "$name" ] || tell "$2" "$1 \"$name\" is described, but the program has none"
	done < <(comm -13 <(echo "$3") <(echo "$4"))
}

# names REGEX FILE...: what the group of the regular expression matches, sorted
names() {
	local regex=$1
	shift
	sed -En "s/$regex/\\1/p" "$@" | sed 's/ *$//' | sort -u
}

for page in doc/man/*.[1-9]; do
	# the base system's own pages need not be installed for ours to be right
	said=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'referenced manual not found')
	[ -z "$said" ] || tell "$page" "$said"
done

# a setting of the sample is "name = value", commented out or not
compare setting $settings \
	"$(names '^#? ?([a-z][a-z0-9_]*) *\+?= .*' $sample)" \
	"$(names '^\.It Ic ([a-z0-9_]+)( .*)?$' $settings)"

compare verb $verbs \
	"$(names '^[ \t]*\.name = "([a-z ]+)".*' cli/*.c)" \
	"$(names '^\.It Cm ([a-z ]+)( (Op|Ar|Fl|Ns) .*)?$' $verbs)"

# a row of options: { "home", 0, "DIR", ...
compare option $verbs \
	"$(names "^[ \t]*\{ \"([a-z][a-z-]*)\", *(0|'.'),.*" cli/*.c)" \
	"$(names '^\.It Fl -([a-z-]+).*' $verbs)"

compare "exit code" $verbs \
	"$(names '^[ \t]*X\(([A-Z]+, [0-9]+), .*' proto/wire/fault.h)" \
	"$(names '^\.It ([A-Z]+, [0-9]+)$' $verbs)"

# machines run what people read
if [ -f .ci/run ] && ! grep -qxF "$(tail -n 1 .ci/run)" README.md; then
	tell .ci/run "its last line is not a command of README.md"
fi
verdict
