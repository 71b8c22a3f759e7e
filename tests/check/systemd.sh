#!/bin/bash
# `make install DESTDIR=` gives a tree in which systemd finds nothing to object
# to: unit, user and folder are valid, and the unit's exposure is at most 1.5.
# usage: systemd.sh BUILD [ROOT]
build=${1:?usage: systemd.sh BUILD [ROOT]}
case $build in /*) ;; *) build=$PWD/$build ;; esac
shift
. "$(dirname "$0")/lib.sh"
need systemd-analyze

exposure_max=15		# in tenths
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
unit=$tree/usr/lib/systemd/system/tracd.service

# the units of the machine, and the command of ExecReload, are what verify looks for
mkdir -p "$tree"/bin "$tree"/etc "$tree"/usr/lib/systemd
cp -r /usr/lib/systemd/system "$tree"/usr/lib/systemd/
cp /bin/kill "$tree"/bin/
if ! ${MAKE:-make} -s install DESTDIR="$tree" BUILD="$build" >"$tree"/out 2>&1; then
	cat "$tree"/out >&2
	tell Makefile "make install DESTDIR=$tree has failed"
	exit 1
fi

# verify does not always fail when it speaks
said=$(systemd-analyze verify --man=no --root="$tree" tracd.service 2>&1) || told=1
[ -z "$said" ] || tell systemd/tracd.service "$said"

said=$(systemd-analyze security --offline=true --threshold=$exposure_max "$unit" 2>&1) ||
	tell systemd/tracd.service "$(echo "$said" | grep '✗'; echo "more than $exposure_max")"
echo "$said" | tail -n 1

said=$(systemd-sysusers --root="$tree" "$tree"/usr/lib/sysusers.d/tracd.conf 2>&1)
grep -q '^tracd:' "$tree"/etc/passwd || tell systemd/tracd.sysusers "made no user: $said"
if [ "$(id -u)" -eq 0 ]; then
	said=$(systemd-tmpfiles --create --root="$tree" "$tree"/usr/lib/tmpfiles.d/tracd.conf 2>&1)
	[ -d "$tree"/var/lib/tracd ] || tell systemd/tracd.tmpfiles "made no folder: $said"
fi
verdict
