#!/bin/bash
# Proves that each source check lets a good tree pass and can fail: a small
# tree is made, one thing is broken, and the check must name it.
# usage: self-test.sh
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests=0
failed=0

# A tree that every check accepts.
good_tree() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree"/{proto/wire,daemon/net,cli,doc/man,conf,tests}
	cd "$work/tree" || exit 1
	echo 'proto/wire/*.h' >proto/wire/.may_include
	printf 'proto/*/*.h\ndaemon/*.h\n' >daemon/.may_include
	printf 'proto/wire/*.h\ndaemon/*.h\n' >daemon/net/.may_include
	printf 'proto/wire/*.h\ncli/*.h\n' >cli/.may_include
	cat >proto/wire/fault.h <<-'END'
		/* Codes. */
		#ifndef TRAC_WIRE_FAULT_H
		#define TRAC_WIRE_FAULT_H
		#define FAULT_CODES(X) \
			X(USAGE, 64, "the command line is wrong")
		#endif
	END
	printf '// A schema.\nsyntax = "proto2";\n' >proto/wire/event.proto
	cat >proto/wire/fault.c <<-'END'
		/* Says system() and strcpy( here only. */
		#include "proto/wire/fault.h"

		#include <stdio.h>
		#include <string.h>

		#include "proto/wire/event.pb-c.h"

		int fault_length(const char *text)
		{
			puts("call system(1) or time(0)");
			return (int)strlen(text);
		}
	END
	printf '/* Net. */\n#include <zmq.h>\n\n#include "proto/wire/fault.h"\n' >daemon/net/net.c
	cat >cli/show.c <<-'END'
		/* trac show. */
		#include <stdio.h>

		static const struct option_row option[] = {
			{ "proof", 0, "FILE", false, "write the bundle" },
		};
		const struct verb verb_show = {
			.name = "show",
		};
	END
	printf '# The port.\n# listen = "tcp://*:1"\n' >conf/tracd.conf.sample
	page trac 1 '.It Cm show Ar IDENT' '.It Fl -proof Ar FILE' '.It USAGE, 64'
	page tracd.conf 5 '.It Ic listen'
	printf '#!/bin/sh\n# Says hello.\necho hello\n' >tests/hello.sh
	chmod +x tests/hello.sh
}

page() {
	local name=$1 section=$2
	shift 2
	{
		printf '.Dd January 1, 2026\n.Dt %s %s\n.Os\n' "${name^^}" "$section"
		printf '.Sh NAME\n.Nm %s\n.Nd a page\n.Sh DESCRIPTION\n.Bl -tag -width 4n\n' "$name"
		for row; do
			printf '%s\nText.\n' "$row"
		done
		printf '.El\n'
	} >"doc/man/$name.$section"
}

# accepts CHECK: the tree as it is passes
accepts() {
	tests=$((tests + 1))
	"$here/$1.sh" "$work/tree" >"$work/out" 2>&1 && return
	failed=$((failed + 1))
	echo "self-test: $1.sh refuses a good tree:" >&2
	cat "$work/out" >&2
}

# refuses CHECK WORDS COMMAND...: after COMMAND in a good tree the check fails with WORDS
refuses() {
	local check=$1 words=$2
	shift 2
	tests=$((tests + 1))
	good_tree
	"$@"
	if "$here/$check.sh" "$work/tree" >"$work/out" 2>&1; then
		echo "self-test: $check.sh overlooks: $words" >&2
	elif ! grep -qF -- "$words" "$work/out"; then
		echo "self-test: $check.sh fails, but does not say: $words" >&2
		cat "$work/out" >&2
	else
		return
	fi
	failed=$((failed + 1))
}

append() {
	local file=$1
	shift
	printf '%b\n' "$@" >>"$file"
}

good_tree
for check in includes style shell docs; do
	accepts $check
done

refuses includes 'no .may_include' rm daemon/net/.may_include
refuses includes 'does not allow daemon/net/x.h' eval \
	'touch daemon/net/x.h; append proto/wire/fault.c "#include \"daemon/net/x.h\""'
refuses includes 'there is no file proto/wire/none.h' \
	append proto/wire/fault.c '#include "proto/wire/none.h"'
refuses includes 'there is no file proto/wire/none.pb-c.h' \
	append proto/wire/fault.c '#include "proto/wire/none.pb-c.h"'
refuses includes 'path from the top' append proto/wire/fault.c '#include "fault.h"'
refuses includes '<zmq.h> is not for this file' append cli/show.c '#include <zmq.h>'
refuses includes '<lmdb.h> is not for this file' append daemon/net/net.c '\n#include <lmdb.h>'
refuses includes 'unknown library' append cli/show.c '#include <curl/curl.h>'
refuses includes '<time.h> in a pure folder' append proto/wire/fault.c '#include <time.h>'
refuses includes 'own header comes first' sed -i '2d' proto/wire/fault.c
refuses includes 'sort them' append cli/show.c '#include <string.h>\n#include <stdio.h>'
refuses includes 'expected TRAC_WIRE_FAULT_H' sed -i 's/TRAC_WIRE/TRAC/' proto/wire/fault.h
refuses includes 'may use the store' eval \
	'mkdir store; echo "/* x */" >store/db.h; echo "store/*.h" | tee store/.may_include >>cli/.may_include
	append cli/show.c "#include \"store/db.h\""'

refuses style 'end of the line' append cli/show.c 'int x; '
refuses style 'indent with tabs' append cli/show.c '    int x;'
refuses style 'longer than 100 columns' append cli/show.c "$(printf '/*%099d*/' 0)"
refuses style 'longer than 100 columns' append cli/show.c "$(printf '\t\t\t\t\t\t\t\t\t\tint x%020d;' 0)"
refuses style 'more than 500 lines' eval 'seq 500 | sed "s/.*//" >>cli/show.c'
refuses style 'what the file is for' sed -i '1d' cli/show.c
refuses style 'what the script is for' sed -i '2d' tests/hello.sh
refuses style 'a body of 71 lines' eval \
	'{ echo "int f(void)"; echo "{"; seq 71 | sed "s/.*/\t;/"; echo "}"; } >>cli/show.c'
refuses style 'strcpy() is banned' append cli/show.c 'strcpy(a, b);'
refuses style 'system() is banned' append cli/show.c 'x = system ("ls");'
refuses style 'time() belongs in' append cli/show.c 'x = time(NULL);'
refuses style 'rand() belongs in' append proto/wire/fault.c 'x = rand();'

refuses shell 'SC2086' append tests/hello.sh "rm \$1"
refuses shell 'not executable' chmod -x tests/hello.sh

refuses docs 'setting "peers" is missing' append conf/tracd.conf.sample 'peers = 3'
refuses docs 'setting "listen" is described' eval 'echo "# none" >conf/tracd.conf.sample'
refuses docs 'verb "store check" is missing' append cli/show.c '\t.name = "store check",'
refuses docs 'option "all" is missing' append cli/show.c "\t{ \"all\", 'a', NULL, false, 0 },"
refuses docs 'exit code "INPUT, 65" is missing' append proto/wire/fault.h '\tX(INPUT, 65, "x")'
refuses docs 'not a command of README.md' eval \
	'mkdir .ci; echo "make check" >.ci/run; echo "make test" >README.md'
refuses docs 'unknown macro' append doc/man/trac.1 '.Xx'

echo "self-test: $((tests - failed)) of $tests source checks behave"
[ $failed -eq 0 ]
