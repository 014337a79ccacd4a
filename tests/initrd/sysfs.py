# SPDX-License-Identifier: GPL-2.0-only
"""sysfs - a made-up /sys: network ports and the devices and drivers behind them

Only what tells drivers is there, laid out as Linux 6.x does it:

  devices/pci0000:00/0000:00:03.0/virtio0/net/eth0/{type,device,lower_*,phydev}
  class/net/eth0 -> ../../devices/.../net/eth0
  DEVICE/driver -> bus/drivers/NAME,  bus/drivers/NAME/module -> module/NAME (unless built in)
"""
import os
import pathlib


class Sysfs:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        (self.root / "class/net").mkdir(parents=True)

    def device(self, path, driver=None, module=None, modalias=None):
        """Adds a device below devices/; a driver without module is built in.

        It may have a directory in module/ all the same, as on Linux 6.15; only what was loaded has
        a state there."""
        device = self.root / "devices" / path
        device.mkdir(parents=True, exist_ok=True)
        if driver:
            place = self.root / "bus/drivers" / driver
            place.mkdir(parents=True, exist_ok=True)
            (device / "driver").symlink_to(os.path.relpath(place, device))
            code = self.root / "module" / (module or driver + "_builtin")
            code.mkdir(parents=True, exist_ok=True)
            if module:
                (code / "initstate").write_text("live\n")
            if not (place / "module").exists():
                (place / "module").symlink_to(os.path.relpath(code, place))
        if modalias:
            (device / "modalias").write_text(modalias + "\n")
        return device

    def port(self, name, device=None, kind=1, wireless=False):
        """Adds a port of a device, or a virtual one."""
        port = (device or self.root / "devices/virtual") / "net" / name
        port.mkdir(parents=True)
        (port / "type").write_text("%d\n" % kind)
        (port / "uevent").write_text("INTERFACE=%s\n" % name)
        if device:
            (port / "device").symlink_to("../..")
        if wireless:
            (port / "phy80211").mkdir()
        link = self.root / "class/net" / name
        link.symlink_to(os.path.relpath(port, link.parent))
        return port

    def lower(self, upper, *names):
        """Makes the port stand above others, as a bond, bridge or VLAN does."""
        for name in names:
            link = self.root / "class/net" / upper / ("lower_" + name)
            link.symlink_to(self.root / "class/net" / name)

    def watchdog(self, name, device=None):
        """Adds a watchdog of a device, or softdog's, which has none."""
        dog = (device or self.root / "devices/virtual") / "watchdog" / name
        dog.mkdir(parents=True)
        if device:
            (dog / "device").symlink_to("../..")
        link = self.root / "class/watchdog" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(os.path.relpath(dog, link.parent))

    def virtio(self, name, slot="0000:00:03.0"):
        self.device("pci0000:00/" + slot, "virtio-pci", "virtio_pci",
                    "pci:v00001AF4d00001041sv00001AF4sd00001041bc02sc00i00")
        return self.port(name, self.device("pci0000:00/%s/virtio0" % slot, "virtio_net",
                                           "virtio_net", "virtio:d00000001v00001AF4"))

    def pci(self, name, driver, slot="0000:00:04.0"):
        return self.port(name, self.device("pci0000:00/" + slot, driver, driver))
