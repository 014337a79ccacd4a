# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# services - other kdump services: Debian's and Ubuntu's kdump-tools; Fedora's, RHEL's, SUSE's kdump

services_known='kdump-tools kdump kdump-early'

systemd_runs() {
	[ -z "$root" ] && [ -d /run/systemd/system ] && have systemctl
}

# Prints the services that are started with the machine.
services_enabled() {
	for service in $services_known; do
		for link in "$etc/systemd/system"/*.wants/"$service.service"; do
			[ ! -e "$link" ] && [ ! -L "$link" ] || printf '%s\n' "$service"
		done
	done | sort -u
}

# Prints the one that is active, if any.
service_active() {
	systemd_runs || return 0
	for service in $services_known; do
		! systemctl is-active --quiet "$service.service" 2>/dev/null || {
			printf '%s\n' "$service"
			return 0
		}
	done
}

# When it became active, in seconds since the machine started.
service_since() {
	us=$(systemctl show --property ActiveEnterTimestampMonotonic --value "$1.service" 2>/dev/null)
	echo $((${us:-0} / 1000000))
}

# Prints who has the image that is loaded: nobody, us, a service, or somebody.
image_owner() {
	if ! image_loaded; then
		echo nobody
		return 0
	fi
	service=$(service_active)
	if state_armed && { [ -z "$service" ] ||
		[ "$(service_since "$service")" -le "$(state_get uptime)" ]; }; then
		echo us
	else
		printf '%s\n' "${service:-somebody}"
	fi
}

# Loads the image of another service again.
service_load() {
	case $1 in
	kdump-tools) kdump-config load ;;
	*) systemctl restart "$1.service" ;;
	esac
}
