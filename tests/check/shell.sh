#!/bin/bash
# Every shell script passes shellcheck and can be executed.
# usage: shell.sh [ROOT]
. "$(dirname "$0")/lib.sh"
need shellcheck

mapfile -t scripts < <(
	files_named '*.sh'
	[ ! -f .ci/run ] || echo .ci/run
)
[ ${#scripts[@]} -gt 0 ] || exit 0
for script in "${scripts[@]}"; do
	# a script that is only read by others has no first line for the kernel
	if head -n 1 "$script" | grep -q '^#!' && [ ! -x "$script" ]; then
		tell "$script:1" "not executable: chmod +x $script"
	fi
done
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}" >&2 || told=1
verdict
