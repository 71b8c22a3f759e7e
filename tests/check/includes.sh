#!/bin/bash
# Who may include whom. Every folder with C files says in .may_include which
# headers its files may include; outside libraries stand in the table below.
# Besides: the own header comes first, blocks are sorted, guards are named
# TRAC_FOLDER_FILE_H, and the pure folders keep to a short list of C headers.
# usage: includes.sh [ROOT]
. "$(dirname "$0")/lib.sh"

# header, then who may include it; * stays within one folder, ** does not
libraries='
protobuf-c/protobuf-c.h  proto/*/* tests/**
sodium.h                 proto/log/keys.c proto/log/secret.c store/keyfile.c daemon/seal.c
nettle/sha2.h            proto/log/tree.c proto/log/digest.c
sodium.h                 cli/init.c cli/home.c cli/main.c cli/world.c tests/**
lmdb.h                   store/db_inside.h tests/bench/* tests/unit/*
zmq.h                    daemon/net/* tests/**
czmq.h                   tests/**
event2/*                 daemon/* daemon/net/* daemon/http/* tests/**
confuse.h                daemon/settings.c cli/home.c
seccomp.h                daemon/sandbox.c
linux/landlock.h         daemon/sandbox.c
jansson.h                cli/* cli/bench/* tests/**
libsmartcols/*           cli/*
expat.h                  cli/bench/*
qrencode.h               cli/qr.c
hpdf.h                   cli/pdf.c
cmocka.h                 tests/**
sqlite3.h                tests/bench/*
libpq-fe.h               tests/bench/*
openssl/evp.h            tests/bench/*
dlfcn.h                  tests/bench/*
'

# what is part of the C library, for everybody
clib='^(arpa|linux|net|netinet|sys)/[a-z_0-9]+\.h$'
clib+='|^(assert|ctype|dirent|endian|errno|fcntl|float|ftw|getopt|glob|inttypes|langinfo|libgen'
clib+='|libintl|limits|locale|math|netdb|poll|pthread|pwd|sched|setjmp|signal|spawn|stdarg'
clib+='|stdatomic'
clib+='|stdbool|stddef|stdint|stdio|stdio_ext|stdlib|string|strings|syscall|termios|time|unistd'
clib+='|wchar|wctype)\.h$'
# and what of it can neither see nor touch the world
pure='^(assert|ctype|errno|inttypes|limits|stdarg|stdbool|stddef|stdint|stdio|stdlib|string)\.h$'

rules() {
	local folder
	files_named '*.c' '*.h' | sed 's|/[^/]*$||' | sort -u | while read -r folder; do
		if [ ! -f "$folder/.may_include" ]; then
			echo "none $folder"
		else
			echo "has $folder"
			grep -v '^#' "$folder/.may_include" | as_regex | sed "s|^|may $folder |"
		fi
	done
	echo "$libraries" | as_regex |
		awk 'NF { for (i = 2; i <= NF; i++) print "lib", $1, $i }'
	# the schemas are the source of generated headers
	files_named '*.proto' | sed 's|^|gen |; s|\.proto$|.pb-c.h|'
	files_named '*.c' '*.h' | sed 's|^|file |'
}

# shellcheck disable=SC2016  # the dollars are awk's
check='
function tell(sentence) {
	printf "%s:%d: %s\n", FILENAME, FNR, sentence > "/dev/stderr"
	bad = 1
}

# 1st input: the rules
FILENAME == "-" {
	if ($1 == "may") may[$2] = may[$2] "|^" $3 "$"
	else if ($1 == "has") has[$2] = 1
	else if ($1 == "lib") { lib[++libs] = "^" $2 "$"; by[libs] = "^" $3 "$" }
	else if ($1 == "gen" || $1 == "file") exists[$2] = 1
	else if ($1 == "none") {
		print $2 ": no .may_include: say there which headers it may include" > "/dev/stderr"
		bad = 1
	}
	next
}

FNR == 1 {
	folder = FILENAME; sub(/\/[^\/]*$/, "", folder)
	base = FILENAME; sub(/.*\//, "", base)
	own = FILENAME; sub(/\.c$/, ".h", own)
	is_c = FILENAME ~ /\.c$/
	is_pure = FILENAME ~ /^(proto|daemon\/core)\//
	count = guard = 0
	last = ""
	name = folder "/" base; sub(/\.h$/, "", name)
	n = split(name, part, "/")
	guard_name = toupper("TRAC_" part[n - 1] "_" part[n] "_H")
	tests_name = toupper("^TRAC_TESTS_(" part[n - 1] "_)?" part[n] "_H$")
}

/^#ifndef/ && !guard && !is_c {
	guard = 1
	if ($2 != guard_name && !(folder ~ /^tests/ && $2 ~ tests_name))
		tell("the guard is " $2 ", expected " guard_name)
}

!/^#[ \t]*include/ { last = ""; next }

{
	count++
	if (!match($0, /["<][^">]+[">]/)) { tell("an include that this check cannot read"); next }
	header = substr($0, RSTART + 1, RLENGTH - 2)
	is_local = substr($0, RSTART, 1) == "\""
	if (!is_c && !guard) { tell("an include before the guard " guard_name); guard = 1 }
	if (is_c && count == 1 && exists[own] && header != own)
		tell("the own header comes first: " own)
	# cmocka.h needs others before it
	if (last != "" && (header "") < last && header != "cmocka.h")
		tell(header " stands after " last ": sort them")
	if (header != "cmocka.h") last = header
	if (is_local) check_local(); else check_outside()
}

function check_local() {
	if (header !~ /\//) { tell("\"" header "\": write the path from the top"); return }
	if (!exists[header]) { tell("there is no file " header); return }
	if (has[folder] && header !~ substr(may[folder], 2))
		tell(folder "/.may_include does not allow " header)
	if (folder == "cli" && header ~ /^store\// && FILENAME !~ store_verbs)
		tell("of cli/ only " store_verbs " may use the store, not through the daemon")
}

function check_outside(    i, known) {
	if (header ~ /^(proto|store|daemon|cli|tests)\//) {
		tell("our own headers take quotes: " header)
		return
	}
	for (i = 1; i <= libs; i++) {
		if (header !~ lib[i]) continue
		known = 1
		if (FILENAME ~ by[i]) return
	}
	if (known)
		tell("<" header "> is not for this file: see the table in tests/check/includes.sh")
	else if (is_pure && header !~ pure)
		tell("<" header "> in a pure folder: no clock, file, network or chance here")
	else if (header !~ clib)
		tell("<" header "> is an unknown library: enter it in tests/check/includes.sh")
}

END { exit bad }
'

mapfile -t sources < <(files_named '*.c' '*.h')
rules | awk -v clib="$clib" -v pure="$pure" -v store_verbs='^cli/(init|home|log|store|backup|restore)[a-z_]*[.][ch]$' \
	"$check" - "${sources[@]}"
