#!/bin/sh
# network NAME ADDRESS/PREFIX - loads the adapter's driver, and gives this guest a name and an address. It is loaded no
# earlier: a state that was saved without it can be restored many times, each time with an adapter of its own.
hostname "$1"
modules failover net_failover virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_net || exit
ip link set eth0 up && ip address add "$2" dev eth0
