# shellcheck shell=bash
# Real daemons on one machine: a folder for all, a home a node, ports below the
# ephemeral range. No sleeping for luck: wait_for a state, with a limit.
# Source it; set BUILD before. On exit every started process is ended, by pid.

BUILD=${BUILD:-build}
BIN=$(cd "$BUILD/bin" && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/trac-XXXXXX")
KEEP=${KEEP:-}
NETWORK=${NETWORK:-fne.example}
PIDS=()
PORT=$((20000 + RANDOM % 10000))
export LC_ALL=C.UTF-8
unset TRAC_HOME NOTIFY_SOCKET

say() { printf '%s\n' "$*"; }
fail() {
	say "FAILED: $*" >&2
	for log in "$WORK"/*/tracd.log; do
		[ -s "$log" ] && { say "--- $log" >&2; tail -n 15 "$log" >&2; }
	done
	exit 1
}

cleanup() {
	local status=$?
	if [ -n "$KEEP" ] && [ "$status" -eq 0 ]; then
		return
	fi
	for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
	for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
	[ "$status" -eq 0 ] && rm -rf "$WORK"
	return 0
}
trap cleanup EXIT

# wait_for SECONDS WHAT COMMAND...: until the command succeeds. The limit is for what hangs:
# what one message lost leaves for the rounds of 30 s, and a busy machine, decide no test.
wait_for() {
	local limit=$(($1 < 90 ? 90 : $1)) what=$2 end
	shift 2
	end=$((SECONDS + limit))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || fail "not within $limit s: $what"
		read -rt 0.05 <> <(:) || true
	done
}

# the next port that nobody listens on, in $PORT
next_port() {
	PORT=$((PORT + 1))
	while (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do PORT=$((PORT + 1)); done
}

home() { printf '%s/%s' "$WORK" "$1"; }
trac() { local name=$1; shift; "$BIN/trac" --home "$(home "$name")" "$@"; }

# field NAME KEY: of `trac status --json`, numbers and true/false
field() {
	trac "$1" status --json | tr '{}' ',,' | tr ',' '\n' |
		sed -n "s/^ *\"$2\": *\"\{0,1\}\([^\"]*\)\"\{0,1\} *$/\1/p" | head -n 1
}
field_is() { [ "$(field "$1" "$2")" = "$3" ]; }

# start NAME: the daemon of that home, in the background; waits until it answers
start() {
	"$BIN/tracd" --home "$(home "$1")" 2>>"$(home "$1")/tracd.log" &
	PIDS+=($!)
	printf '%s\n' $! >"$(home "$1")/pid"
	wait_for 20 "$1 answers" trac "$1" status
}
pid_of() { cat "$(home "$1")/pid"; }
stop() {
	kill "$(pid_of "$1")"
	wait "$(pid_of "$1")" || fail "$1 did not stop cleanly"
}

# make_authority: home `authority`, started; its vkey in $VKEY, its join address in $JOIN
make_authority() {
	next_port
	trac authority init authority --network "$NETWORK" --name authority --title Authority \
		--listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" >/dev/null
	VKEY=$(cat "$(home authority)/authority.vkey")
	start authority
	JOIN="$(field authority link_key)@127.0.0.1:$PORT"
}

# make_node ROLE NAME [OPTION...]: a home with the authority's key and one address, admitted
make_node() {
	local role=$1 name=$2
	shift 2
	trac "$name" init "$role" --authority "$VKEY" --name "$name" --peer "$JOIN" "$@" >/dev/null
	trac "$name" member request -o "$(home "$name")/request" >/dev/null
	trac authority member admit "$(home "$name")/request" >/dev/null
}

# no line of a daemon says that it is wrong, and every store is whole
check_all() {
	local home
	if grep -l 'bug:' "$WORK"/*/tracd.log 2>/dev/null; then fail "a daemon says that it is wrong"; fi
	for home in "$WORK"/*/store/data.mdb; do
		"$BIN/trac" --home "${home%/store/data.mdb}" store check --quiet >/dev/null ||
			fail "store check of $home"
	done
}
