#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# module-setup - puts Lastwords into an initrd of dracut; called by dracut alone
#
#   /lastwords/beside, settings, modules, modules.d/      by lastwordsctl tree
#   lastwords-beside.service, or a hook of cmdline        starts it, where there is /proc/vmcore
#   lastwords-emergency.service, hooks of emergency       once more, if nothing was sent

# shellcheck disable=SC2154 # moddir, initdir, kernel, systemdsystemunitdir: dracut's

lastwordsctl() {
    local program
    for program in /usr/sbin/lastwordsctl /usr/local/sbin/lastwordsctl \
        "$moddir/../../crashkernel-initrd/lastwordsctl"; do
        if [[ -x $program ]]; then
            "$program" ${dracutsysrootdir:+--root "$dracutsysrootdir"} "$@"
            return
        fi
    done
    derror "lastwords: lastwordsctl is not there: install the package lastwords"
    return 1
}

# Only if asked for.
check() {
    return 255
}

depends() {
    echo base
}

# The drivers are loaded by the program itself, from a place that udev does not know: so a dump that
# needs no network gets none that it did not ask for, should memory be short. A mistake in
# lastwords.conf costs the last words, and not the dump.
installkernel() {
    lastwordsctl tree ${srcmods:+--modules-dir "$srcmods"} "$initdir" "$kernel" && return
    derror "lastwords: this initrd will send no last words: see above"
    rm -rf "$initdir/lastwords"
}

# $1 unit, then those that want it
install_unit() {
    local unit=$1 wanting
    shift
    inst_simple "$moddir/$unit" "$systemdsystemunitdir/$unit"
    for wanting in "$@"; do
        mkdir -p "$initdir$systemdsystemunitdir/$wanting.wants"
        ln_r "$systemdsystemunitdir/$unit" "$systemdsystemunitdir/$wanting.wants/$unit"
    done
}

install() {
    if dracut_module_included systemd; then
        install_unit lastwords-beside.service sysinit.target
        # kdump of Fedora and RHEL puts its own services in place of these two.
        install_unit lastwords-emergency.service emergency.target emergency.service \
            dracut-emergency.service
    else
        inst_hook cmdline 01 "$moddir/lastwords-beside.sh"
    fi
    inst_hook emergency 50 "$moddir/lastwords-emergency.sh"
    inst_hook shutdown-emergency 50 "$moddir/lastwords-emergency.sh"
}
