# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# kdump_tools - before the dump of kdump-tools, which Debian and Ubuntu have
#
# kdump-config loads KDUMP_KERNEL with KDUMP_INITRD, by default the running kernel with the initrd
# that /etc/kernel/postinst.d/kdump-tools built for it in /var/lib/kdump. join adds one line to
# /etc/default/kdump-tools: it reads kdump-tools.defaults, which sets those variables to what is in
#
#   /var/cache/lastwords/joined/VERSION/
#     initrd.img   kdump-tools' initrd for that kernel, ours behind it
#     words        what goes on the capture kernel's command line with it
#     base, key    whose initrd that is; checksum of all that it was made from

kdump_tools_there() {
	[ -f "$etc/default/kdump-tools" ] && [ -f "$root/usr/sbin/kdump-config" ]
}

kdump_tools_joined() {
	lines_there "$etc/default/kdump-tools"
}

# Sets base, kernel and coredir as kdump-tools is configured, for a kernel's version.
kdump_tools_read() {
	lines_without "$etc/default/kdump-tools" >"$work/kdump-tools"
	# shellcheck disable=SC2016 # the other shell's variables
	env -i PATH="$PATH" lastwords_kernel="$1" sh -c '
		. "$1" && . "$2" && printf "%s\n" "$lastwords_base" "${KDUMP_KERNEL:-}" \
			"${KDUMP_COREDIR:-/var/crash}"' - \
		"$work/kdump-tools" "$library/ctl/kdump-tools.defaults" >"$work/kdump" 2>"$work/errors" ||
		die "$etc/default/kdump-tools: $(sed -n '1s/^.*: //p' "$work/errors")" \
			'correct that, so that kdump-tools can read it'
	base=$(sed -n 1p "$work/kdump") kernel=$(sed -n 2p "$work/kdump")
	coredir=$(sed -n 3p "$work/kdump")
}

# Prints the version whose modules belong to what kdump-tools starts when $1 runs.
kdump_tools_version() {
	case $kernel in
	'' | /var/lib/kdump/vmlinuz) printf '%s\n' "$1" ;;
	*) basename "$(readlink -f "$root$kernel")" | sed 's/^[^-]*-//' ;;
	esac
}

# What tells whether their initrd is the one that was joined, without reading it.
kdump_tools_stamp() {
	stat -L -c '%s %Y %i' "$root$base"
}

# Writes $2 to a file in $joined_dir, whole or not at all.
kdump_tools_put() {
	printf '%s\n' "$2" >"$work/put"
	file_put "$joined_dir/$1" <"$work/put" ||
		die "$joined_dir/$1: cannot be written" 'make room there'
}

# Brings the joined initrd for one kernel, and its words, up to date; sets changed to yes if it had
# to. Without an initrd of kdump-tools there is nothing to do yet.
kdump_tools_follow() {
	changed=''
	kdump_tools_read "$1"
	[ -n "$base" ] || die "$etc/default/kdump-tools sets KDUMP_KERNEL without KDUMP_INITRD" \
		'set both, or neither'
	[ -s "$root$base" ] || return 0
	joined_dir=$cache/joined/$1
	joined_inputs "$(kdump_tools_version "$1")"
	key="$image_key $(kdump_tools_stamp) $image_settings $(ports_set)"
	if [ -s "$joined_dir/initrd.img" ] && [ "$(value "$joined_dir/base")" = "$base" ] &&
		[ "$(value "$joined_dir/key")" = "$key" ]; then
		return 0
	fi
	appended_check_theirs "$root$base"
	mkdir -p "$joined_dir"
	chmod 700 "$cache"
	joined_build "$root$base" "$joined_dir/initrd.img"
	kdump_tools_put base "$base"
	kdump_tools_put words "$joined_words"
	kdump_tools_put key "$key"
	changed=yes
}

# Prints the kernels of which kdump-tools has an initrd, and we have modules.
kdump_tools_kernels() {
	for path in "$root"/var/lib/kdump/initrd.img-*; do
		[ ! -d "$root/lib/modules/${path##*/initrd.img-}" ] ||
			printf '%s\n' "${path##*/initrd.img-}"
	done
}

# Removes what was joined for kernels that are gone, and what an end in the middle left (file_put).
kdump_tools_tidy() {
	rm -f "$cache"/joined/*/*.??????
	for path in "$cache"/joined/*; do
		[ -d "$root/lib/modules/${path##*/}" ] || rm -rf "$path"
	done
}

# Whether what is loaded is a joined initrd. kdump-config keeps the command that it loaded with.
kdump_tools_loaded() {
	image_loaded && grep -qs "initrd=$cache/joined/" "$root$coredir/kexec_cmd"
}

# Whether kdump-tools has something loaded, and should load the joined initrd in its place.
kdump_tools_due() {
	[ -z "$root" ] && image_loaded && [ -s "$joined_dir/initrd.img" ] &&
		{ [ -n "$changed" ] || ! kdump_tools_loaded; }
}

# Has kdump-tools load anew, if it has something loaded.
kdump_tools_reload() {
	[ -z "$root" ] && image_loaded || return 0
	kdump-config reload >"$work/reload" 2>&1 && image_loaded
}

kdump_tools_join() {
	running=$(kernel_running)
	for version in $(kdump_tools_kernels); do
		[ "$version" = "$running" ] || kdump_tools_follow "$version"
	done
	kdump_tools_follow "$running"
	[ -s "$root$base" ] || die \
		"$base is not there: kdump-tools has made no initrd for this kernel yet" \
		"run /etc/kernel/postinst.d/kdump-tools $running"
	kdump_tools_joined || {
		file=$library/ctl/kdump-tools.defaults
		lines_with "$etc/default/kdump-tools" "[ ! -r $file ] || . $file" >"$work/with"
		lines_put "$etc/default/kdump-tools" "$work/with"
	}
	kdump_tools_reload || {
		cat "$work/reload" >&2
		kdump_tools_undo
		kdump-config load >/dev/null 2>&1 || :
		die "kdump-tools could not load the joined initrd; its own settings are as they were, and $(
			image_loaded && echo 'its own initrd is loaded again' || echo 'NOTHING IS LOADED NOW'
		)"
	}
	echo "joined with kdump-tools: $cache/joined/$running/initrd.img"
	if kdump_tools_loaded; then
		echo '  loaded: the last words go out first, then the dump is saved as before'
	else
		echo '  not loaded now; kdump-tools loads it when it starts: kdump-config load'
	fi
}

kdump_tools_undo() {
	lines_without "$etc/default/kdump-tools" >"$work/kdump-tools"
	lines_put "$etc/default/kdump-tools" "$work/kdump-tools"
}

kdump_tools_leave() {
	kdump_tools_undo
	kdump_tools_reload || {
		cat "$work/reload" >&2
		die 'kdump-tools could not load its own initrd; NOTHING IS LOADED NOW' 'see above'
	}
	rm -rf "$cache/joined"
	echo 'left kdump-tools, which is as it was'
}
