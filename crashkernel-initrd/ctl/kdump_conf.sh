# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# kdump_conf - before the dump of kdump-utils, which Fedora and RHEL have
#
# kdumpctl has dracut build its initrd, with what dracut_args in /etc/kdump.conf says. It takes one
# such line only, and refuses the file if there are two; it has no directory for more files. When
# the file is newer than the initrd, it builds anew at its next start. The dracut module lastwords
# does the rest.

kdump_conf_there() {
	[ -f "$etc/kdump.conf" ]
}

kdump_conf_joined() {
	lines_there "$etc/kdump.conf"
}

# Prints the file with the module added. Ours comes first in a line that is there: what follows may
# end in a comment. A value that is quoted as a whole is unquoted by kdumpctl.
kdump_conf_with() {
	if grep -q '^[[:space:]]*dracut_args[[:space:]]' "$etc/kdump.conf"; then
		awk -v instead="$lines_instead" '
			!done && /^[ \t]*dracut_args[ \t]/ {
				done = 1
				print instead $0
				whole = /^[ \t]*dracut_args[ \t]+".*"[ \t]*(#.*)?$/
				sub(/dracut_args[ \t]+/, whole ? "&\001" : "&--add lastwords ")
				sub(/\001"/, "\"--add lastwords ")
			}
			{ print }' "$etc/kdump.conf" | lines_end_as "$etc/kdump.conf"
	else
		lines_with "$etc/kdump.conf" 'dracut_args --add lastwords'
	fi
}

kdump_conf_restart() {
	[ -z "$root" ] && image_loaded || return 0
	kdumpctl restart >"$work/reload" 2>&1
}

kdump_conf_undo() {
	lines_without "$etc/kdump.conf" >"$work/kdump.conf"
	lines_put "$etc/kdump.conf" "$work/kdump.conf"
}

kdump_conf_join() {
	[ -f "$root/usr/lib/dracut/modules.d/50lastwords/module-setup.sh" ] ||
		die "the dracut module lastwords is not in /usr/lib/dracut/modules.d" "install $program again"
	kdump_conf_joined || {
		kdump_conf_with >"$work/with"
		lines_put "$etc/kdump.conf" "$work/with"
	}
	kdump_conf_restart || {
		cat "$work/reload" >&2
		kdump_conf_undo
		kdump_conf_restart || die 'kdump cannot load its own initrd either; NOTHING IS LOADED'
		die 'kdump could not build and load its initrd with the module lastwords' \
			'all is as it was before'
	}
	echo "joined with kdump: $etc/kdump.conf has dracut build the module lastwords into its initrd"
	image_loaded ||
		echo '  not loaded now; kdump builds and loads it when it starts: kdumpctl restart'
}

kdump_conf_leave() {
	kdump_conf_undo
	kdump_conf_restart || {
		cat "$work/reload" >&2
		die 'kdump could not load its own initrd' 'see above; nothing is loaded now'
	}
	echo 'left kdump, which is as it was'
}
