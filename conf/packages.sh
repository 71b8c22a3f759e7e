#!/bin/sh
# Installs the named Debian packages, and does nothing when none is missing.
# As root, or with sudo.  usage: packages.sh NAME...
set -eu
missing=
for name; do
	dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $name"
done
[ -n "$missing" ] || exit 0
as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages.sh: missing:$missing; install them as root, or install sudo" >&2
		exit 1
	}
	as_root="sudo"
fi
echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # one word a package
$as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends $missing >/dev/null
