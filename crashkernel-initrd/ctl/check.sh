# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# check - each thing that must be so for the last words to be sent, and what to do where it is not
#
# Each check writes lines of "RESULT <tab> TOPIC <tab> SENTENCE <tab> WHAT TO DO" to $work/results.
# FAIL: cannot be armed. warn: can be armed, but something will be missing.

tab=$(printf '\t')

result() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$topic" "$2" "${3:-}" >>"$work/results"
}

ok() {
	result ok "$1"
}

warn() {
	result warn "$@"
}

fail() {
	result FAIL "$@"
}

# Prints the command that installs a package here.
install_command() {
	if [ -e "$root/usr/bin/apt-get" ]; then
		echo "apt-get install $1"
	elif [ -e "$root/usr/bin/dnf" ]; then
		echo "dnf install $1"
	elif [ -e "$root/usr/bin/zypper" ]; then
		echo "zypper install $1"
	else
		echo "install $1"
	fi
}

sysctl_file=/etc/sysctl.d/90-lastwords.conf

# Prints the command that sets a sysctl for good.
sysctl_command() {
	echo "echo $1 >>$sysctl_file; sysctl -w $1"
}

check_place() {
	topic=machine
	if [ -e "$proc/vmcore" ]; then
		fail 'this is a capture kernel: there is /proc/vmcore' 'wait until the machine has restarted'
	fi
	[ "$(id -u)" = 0 ] || warn 'not root: some of this cannot be seen' \
		"run it as root: sudo $program $command"
}

check_config() {
	topic=configuration
	if config_read; then
		[ "$conf_THEN" != continue ] || joined >/dev/null || warn \
			'THEN=continue: there is nothing to go on with, so the machine will reboot' \
			"$program join, or take THEN out of $etc/lastwords.conf"
		ok "$etc/lastwords.conf$([ -e "$etc/lastwords.conf" ] || echo ': not there, defaults are used')"
	else
		while IFS= read -r line; do
			fail "$line" "correct that line; lastwords.conf(5)"
		done <"$work/config.errors"
	fi
}

check_kexec() {
	topic=kexec
	[ -n "$root" ] || have kexec ||
		fail 'the program kexec is not there' "$(install_command kexec-tools)"
	if [ "$(value "$proc/sys/kernel/kexec_load_disabled" 0)" != 0 ]; then
		where=$(grep -ls '^[^#]*kexec_load_disabled' "$etc"/sysctl.conf "$etc"/sysctl.d/*.conf \
			"$root"/usr/lib/sysctl.d/*.conf | paste -sd ' ' -)
		fail 'the sysctl kernel.kexec_load_disabled is set, and stays so until the next start' \
			"take kernel.kexec_load_disabled out of ${where:-what sets it}, and reboot"
	elif [ "$(value "$proc/sys/kernel/kexec_load_limit_panic" -1)" = 0 ]; then
		fail 'the sysctl kernel.kexec_load_limit_panic allows no more loading until the next start' \
			'take it out of what sets it (grep -r kexec_load_limit /etc/sysctl*), and reboot'
	elif [ ! -e "$sys/kernel/kexec_crash_loaded" ]; then
		fail 'the running kernel cannot load a capture kernel: it has no /sys/kernel/kexec_crash_loaded' \
			'use a kernel with CONFIG_KEXEC or CONFIG_KEXEC_FILE, and CONFIG_CRASH_DUMP'
	else
		ok 'the running kernel can load a capture kernel'
	fi
}

check_kernel() {
	topic=kernel
	kernel_find
	if [ -z "$kernel_image" ]; then
		fail "no image of kernel $kernel_version (looked for vmlinuz in /boot and with its modules)" \
			"$(kernel_install_command), or reboot into one that is installed$(kernel_others)"
		return 0
	fi
	[ -r "$kernel_image" ] || {
		fail "$kernel_image: cannot be read" "run it as root: sudo $program $command"
		return 0
	}
	short=$(kernel_short)
	[ -z "$short" ] || {
		fail "$kernel_image is cut: $short bytes are missing" "df -h /boot; $(kernel_install_command)"
		return 0
	}
	missing=''
	for option in CRASH_DUMP PROC_VMCORE BLK_DEV_INITRD; do
		kernel_has $option || missing="$missing CONFIG_$option"
	done
	[ -z "$missing" ] || fail "kernel $kernel_version is no capture kernel: it lacks$missing" \
		'set KERNEL= in /etc/lastwords.conf to one that has it'
	[ -s "$work/kernel.config" ] || warn "the configuration of kernel $kernel_version is not known" \
		'whether it has CONFIG_CRASH_DUMP and CONFIG_PROC_VMCORE will show: lastwordsctl crash'
	[ -n "$missing" ] || ok "$kernel_image as the capture kernel"
}

check_secure_boot() {
	topic=secureboot
	state="Secure Boot is $(secure_boot)"
	if locked_down && ! kernel_has KEXEC_FILE; then
		fail "lockdown is $(lockdown), and the kernel has no CONFIG_KEXEC_FILE: nothing can be loaded" \
			'use the kernel of the distribution, or start without lockdown='
	elif locked_down; then
		how="loaded by kexec_file_load, the kernel's signature is checked"
		ok "$state, lockdown is $(lockdown): $how"
	else
		ok "$state, lockdown is none"
	fi
}

check_ports() {
	topic=ports
	ports_choose
	there=$(physical_ports "$sys" | paste -sd ' ' -)
	if [ -z "$there" ]; then
		fail 'no physical Ethernet port' "load the card's driver: lspci -k shows which"
		return 0
	elif [ ! -s "$work/ports" ]; then
		fail "IF=$conf_IF: no such port; there are: $there" "correct IF= in $etc/lastwords.conf"
		return 0
	fi
	[ -z "$ports_unknown" ] || warn "IF=$conf_IF: no such port:$ports_unknown; there are: $there" \
		"correct IF= in $etc/lastwords.conf"
	while read -r port; do
		link=carrier
		port_carrier "$port" || link='no carrier'
		ok "$port, $(port_mac "$port"), driver $(port_driver "$port"), $link"
	done <"$work/ports"
	[ "$conf_SOURCE_IP" != armed ] || check_source_ip
}

check_source_ip() {
	address=$(ports_source_ip)
	[ -n "$address" ] || {
		fail 'SOURCE_IP=armed: no port has an IPv4 address' \
			"arm again when one has (systemctl restart lastwords), or take SOURCE_IP out"
		return 0
	}
	ok "source address $address on all ports"
	while read -r port; do
		other=$(port_addresses "$port" | sed -n '1s|/.*||p')
		case $other in
		'' | "$address") ;;
		*) warn "$port has $other, but sends from $address, too" \
			"name the ports of one network with IF= if the other has source guard" ;;
		esac
	done <"$work/ports"
}

# x86 takes 2047 characters (COMMAND_LINE_SIZE), of which kexec_file_load keeps 30 for elfcorehdr=
# and one for the end (MAX_ELFCOREHDR_STR_LEN in arch/x86/kernel/kexec-bzimage64.c).
check_cmdline_length=2016

check_initrd() {
	topic=initrd
	[ -s "$work/ports" ] && [ -n "$kernel_image" ] || return 0
	if [ -z "$(image_init)" ]; then
		fail 'the init of the crash initrd is not there' "run make, or install $program again"
	elif image_inputs && image_prepare; then
		count=$(wc -l <"$work/image.modules")
		if [ -n "$(image_cached)" ]; then
			ok "$image_initrd, $count modules"
		else
			ok "can be built: $count modules, $(($(file_bytes "$image_initrd") / 1024)) KiB"
		fi
		[ ${#image_cmdline} -le $check_cmdline_length ] || fail \
			"the command line has ${#image_cmdline} characters, more than $check_cmdline_length" \
			'take words out of CMDLINE=, or ports out of IF='
	else
		image_initrd=''
		fail "$(image_why)" \
			"$(kernel_install_command)$(kernel_others)"
	fi
}

check_memory() {
	topic=memory
	reserved=$(memory_reserved)
	estimate_make
	set_command=$(loader_command "$estimate_words")
	asked=$(memory_asked)
	found="$(mib "$reserved") reserved (${asked:-not by crashkernel=})"
	recommended="$(mib "$estimate_bytes") recommended"
	if [ "$reserved" = 0 ] && [ -n "$asked" ]; then
		fail "nothing is reserved, although $asked is on the command line (dmesg | grep -i crashkernel)" \
			"ask for $estimate_words: $set_command"
	elif [ "$reserved" = 0 ]; then
		fail 'no memory is reserved for a capture kernel' "$set_command"
	elif [ "$reserved" -lt "$estimate_least" ]; then
		fail "$found, at least $(mib "$estimate_least") needed" "$set_command"
	elif [ "$reserved" -lt "$estimate_bytes" ]; then
		warn "$(mib "$reserved") reserved, which is tight: $recommended" "$set_command"
	else
		ok "$found, $recommended"
	fi
}

check_space() {
	topic=space
	[ -n "${image_initrd:-}" ] || return 0
	free=$(image_space) wanted=$(image_space_wanted)
	free=${free:-$((wanted + 1024))}
	if [ "$free" -lt "$wanted" ]; then
		fail "$cache: $free KiB free, $wanted KiB needed" "make room there (df -h $cache; apt-get clean)"
	else
		ok "$cache: $((free / 1024)) MiB free"
	fi
}

check_service() {
	topic=service
	if with=$(joined); then
		ok "sent before the dump of $with"
		return 0
	fi
	owner=$(image_owner)
	case $owner in
	nobody | us) ;;
	somebody)
		fail 'another image is loaded, and it is not ours' \
			"$program arm --replace, or unload it: kexec -p -u"
		return 0
		;;
	*)
		fail "the image is that of $owner" \
			"$program join, to send before its dump; or systemctl disable --now $owner"
		return 0
		;;
	esac
	service=$(service_active)
	enabled=$(services_enabled | paste -sd ' ' -)
	if [ -n "$service" ]; then
		warn "$service is active, and may load an image over ours" \
			"$program join, or systemctl disable --now $service"
	elif [ -n "$enabled" ]; then
		warn "$enabled is enabled, and may load an image over ours" \
			"$program join, or systemctl disable --now $enabled"
	else
		ok 'no other kdump service'
	fi
}

# What never panics sends nothing.
check_panic() {
	topic=panic
	[ "$(value "$proc/sys/kernel/panic_on_oops" 0)" != 0 ] || warn \
		'panic_on_oops is 0: an oops kills a process, and nothing is sent' \
		"$(sysctl_command kernel.panic_on_oops=1)"
	silent=''
	for name in softlockup_panic hardlockup_panic hung_task_panic; do
		[ ! -e "$proc/sys/kernel/$name" ] || [ "$(value "$proc/sys/kernel/$name")" != 0 ] ||
			silent="$silent $name"
	done
	[ -z "$silent" ] || warn \
		"off:$silent: a kernel that hangs so does not panic, and nothing is sent" \
		"printf 'kernel.%s=1\\n'$silent >>$sysctl_file; sysctl -p $sysctl_file"
	[ "$(value "$proc/sys/kernel/panic" 0)" != 0 ] || warn \
		'panic is 0: should the capture kernel not start, the machine stands still' \
		"$(sysctl_command kernel.panic=10)"
	case $(value "$sys/module/kernel/parameters/crash_kexec_post_notifiers" N) in
	Y | 1) warn 'crash_kexec_post_notifiers is on: other code of the dying kernel runs first' \
		'take it out of the kernel command line, unless something needs it' ;;
	esac
	[ "$(value "$sys/kernel/fadump/enabled" 0)" = 0 ] || fail \
		'fadump is on: the firmware dumps, and no capture kernel is started' \
		'take fadump=on out of the kernel command line, and reboot'
	grep -q "$tab$topic$tab" "$work/results" || ok 'oopses and lockups panic'
}

# Where a receiver could be: on the networks of the ports with carrier.
check_receiver() {
	topic=receiver
	networks=''
	while read -r port; do
		! port_carrier "$port" || networks="$networks $port ($(port_addresses "$port" |
			while read -r address; do network "$address"; done | paste -sd ' ' - | sed 's/^$/no address/'))"
	done <"$work/ports"
	if [ -z "$networks" ]; then
		warn 'no port has carrier: nobody would hear now' 'plug a cable in, or raise a port: ip link'
	else
		ok "lastwords-recv can listen on:$networks"
	fi
	[ "$(value "$proc/sys/net/bridge/bridge-nf-call-iptables" 0)" != 1 ] || check_bridges
}

# br_netfilter has iptables see what is bridged, which drops packets with a wrong checksum.
check_bridges() {
	for bridge in "$sys"/class/net/*/bridge; do
		[ -e "$bridge" ] || continue
		name=${bridge%/bridge}
		name=${name##*/}
		deaf="a receiver here, or in a guest, does not hear them on $name"
		warn "bridge $name drops untagged last words of others (br_netfilter): $deaf" \
			"listen on a port of $name, or sysctl -w net.bridge.bridge-nf-call-iptables=0"
	done
}

check_all() {
	: >"$work/results"
	check_place
	check_config
	check_kexec
	check_kernel
	check_secure_boot
	check_ports
	check_initrd
	check_memory
	check_space
	check_service
	check_panic
	check_receiver
}

results_print() {
	while IFS=$tab read -r result topic text remedy; do
		printf '%-4s  %-13s  %s\n' "$result" "$topic" "$text"
		[ -z "$remedy" ] || printf '%21sdo: %s\n' '' "$remedy"
	done
}

results_json() {
	separator='['
	while IFS=$tab read -r result topic text remedy; do
		result=$(printf '%s' "$result" | tr '[:upper:]' '[:lower:]')
		printf '%s{"result": %s, "topic": %s, "text": %s, "do": %s}' "$separator" \
			"$(json_string "$result")" "$(json_string "$topic")" \
			"$(json_string "$text")" "$(json_string "$remedy")"
		separator=',
 '
	done <"$work/results"
	printf ']\n'
}

failures() {
	grep "^FAIL$tab" "$work/results"
}

clear_text() {
	printf 'The log goes out in clear through%s: ' "$(sed 's/^/ /' "$work/ports" | tr -d '\n')"
	echo 'every host and guest on those networks can read it,'
	echo 'also where dmesg_restrict hides it from users. IF= in /etc/lastwords.conf chooses the ports.'
}

command_check() {
	json_option "$@"
	check_all
	if [ -n "$json" ]; then
		results_json
	else
		results_print <"$work/results"
		clear_text
	fi
	! failures >/dev/null
}
