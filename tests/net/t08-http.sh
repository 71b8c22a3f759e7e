#!/usr/bin/env bash
# Health and OpenMetrics on loopback; limits hold; the process comes back.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
make_node workshop alpha --http 127.0.0.1:0
start alpha
has_port() { [ "$(field alpha http_port)" -gt 0 ]; }
wait_for 20 "HTTP is up" has_port
url=http://127.0.0.1:$(field alpha http_port)

[ "$(curl -s "$url/health")" = ok ] || fail "health: $(curl -s "$url/health")"
curl -s "$url/metrics" >"$WORK/metrics"
tail -n 1 "$WORK/metrics" | grep -qx '# EOF' || fail "the metrics do not end in # EOF"
grep -qx 'tracd_own_entries 0' "$WORK/metrics" || fail "no tracd_own_entries"
grep -qi '^content-type: application/openmetrics-text' <(curl -sI "$url/metrics" -X GET) ||
	fail "wrong content type"
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
[ "$(code "$url/nothing")" = 404 ] || fail "nothing: $(code "$url/nothing")"
case "$(code -X POST -d x "$url/health")" in 4?? | 501) ;; *) fail "POST is served" ;; esac
case "$(code -H 'Host: evil.example' "$url/health")" in 4??) ;; *) fail "any Host is served" ;; esac
case "$(code -H "X: $(head -c 20000 /dev/zero | tr '\0' x)" "$url/health")" in 4?? | 000) ;;
*) fail "a header of 20,000 bytes is served" ;; esac

say "tracd-http killed: back by itself on the same port"
kill -KILL "$(pgrep -P "$(pgrep -P "$(pid_of alpha)" | head -n 1)" -x tracd-http)"
healthy() { [ "$(curl -s -m 2 "$url/health")" = ok ]; }
wait_for 10 "HTTP is back" healthy
check_all
