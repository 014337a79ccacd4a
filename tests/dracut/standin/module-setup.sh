#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# module-setup - a stand-in for a kdump service's dracut module
#
# Of the environment: standin_drivers, what the dump needs; standin_silent, that Lastwords is not
# started by itself, and so is left to the emergency path; standin_root, that dracut goes on to a
# root file system.

# shellcheck disable=SC2154 # moddir, initdir, systemdsystemunitdir: dracut's

check() {
    return 255
}

depends() {
    echo base
}

installkernel() {
    # shellcheck disable=SC2086 # names
    [[ -z ${standin_drivers-} ]] || hostonly='' instmods $standin_drivers
}

install_root() {
    inst_hook mount 90 "$moddir/mount.sh"
    inst_multiple mount mkdir cp
    inst_simple "$moddir/busybox" /standin/busybox
    inst_simple "$moddir/next-init" /standin/next-init
}

install() {
    inst_multiple sleep cat
    # As each of dracut's network modules does: udev names ports by it.
    inst_multiple -o /usr/lib/systemd/network/99-default.link /lib/systemd/network/99-default.link
    inst_hook cmdline 90 "$moddir/root.sh"
    inst_hook initqueue/finished 90 "$moddir/port.sh"
    [[ -z ${standin_root-} ]] || install_root
    dracut_need_initqueue
    if dracut_module_included systemd; then
        inst_simple "$moddir/standin.sh" /bin/standin.sh
        inst_simple "$moddir/standin.service" "$systemdsystemunitdir/standin.service"
        mkdir -p "$initdir$systemdsystemunitdir/initrd.target.wants"
        ln_r "$systemdsystemunitdir/standin.service" \
            "$systemdsystemunitdir/initrd.target.wants/standin.service"
    else
        inst_hook pre-mount 90 "$moddir/standin.sh"
    fi
    [[ -z ${standin_silent-} ]] || rm "$initdir"/usr/lib/dracut/hooks/cmdline/*lastwords* \
        "$initdir$systemdsystemunitdir"/sysinit.target.wants/lastwords-beside.service 2> /dev/null
    return 0
}
