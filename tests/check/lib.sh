# shellcheck shell=bash
# What the source checks share: where the tree is, which files are ours, how to
# say what is wrong. Each check is called as  NAME.sh [ROOT]  and ends with 1
# when it has told of something.
export LC_ALL=C
set -u

root=${1:-.}
cd "$root" || exit 1

# Files of the tree by the end of their name; never what was built.
files_named() {
	local name args=()
	for name; do
		args+=(-o -name "$name")
	done
	find . \( -name .git -o -name 'build*' \) -prune -o -type f \( "${args[@]:1}" \) -print |
		sed 's|^\./||' | sort
}

# tell FILE:LINE SENTENCE
told=0
tell() {
	printf '%s: %s\n' "$1" "$2" >&2
	told=1
}
# 0 when nothing was told
verdict() {
	return $told
}

# Shell patterns as regular expressions: * stays within one folder, ** does not.
as_regex() {
	sed -e 's/\./\\./g' -e 's/\*\*/\r/g' -e 's/\*/[^\/]*/g' -e 's/\r/.*/g'
}

need() {
	command -v "$1" >/dev/null && return
	echo "$(basename "$0"): $1 is missing: run  make packages-check" >&2
	exit 1
}
