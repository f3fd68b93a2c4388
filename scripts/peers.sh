#!/bin/bash
# Fetches what the interop tests run against: VDE's own tools, QEMU and others from Debian's packages, and the parts of
# a small guest, which go to .cache/guest and are not installed. Where it may not install, it says what to run, and
# which tests are skipped without. A package that this system has not is left out; the tests say what they miss.

set -u
cd "$(dirname "$0")/.."

packages=(vde2 vde-switch vdeplug vde-wirefilter libvdeplug-dev qemu-system-x86 iperf3 iproute2 iputils-ping tshark
  socat procps util-linux xz-utils openssh-server openssh-client netcat-openbsd
  openvswitch-switch)
commands=(vde_switch vde_plug dpipe wirefilter vdeterm unixterm unixcmd vde_plug2tap vde_autolink qemu-system-x86_64
  iperf3 ip ping tshark socat script sshd ssh nc ovs-vsctl ovs-vswitchd ovsdb-server)
modules=(failover net_failover virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_net)
guest=.cache/guest

missing() {
  local command
  for command in "${commands[@]}"; do type -P "$command" >/dev/null || echo "$command"; done
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root "$@" </dev/null
}

install() {
  apt install -y --no-install-recommends "$@" >/dev/null
}

# All at once; where one of them has no package here, one by one.
install_peers() {
  apt update || { sleep 10; apt update; }
  install "${packages[@]}" && return
  local package
  for package in "${packages[@]}"; do install "$package" || echo "peers: no package $package"; done
}

# The cloud kernel is the smallest one; its package for the current version is what the meta package depends on.
fetch_guest() {
  local work kernel
  work=$(mktemp -d) || return
  kernel=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  (cd "$work" && apt download "$kernel" busybox-static) && unpack_guest "$work"
  local result=$?
  rm -rf "$work"
  return $result
}

# Only what is used: the whole package would be 100 MB. A module may be packed, and busybox unpacks none.
unpack_guest() {
  local work=$1 module file
  local patterns=("${modules[@]/#/*/}")
  dpkg-deb --fsys-tarfile "$work"/linux-image-*.deb |
    tar -C "$work" -xf - --wildcards './boot/vmlinuz-*' "${patterns[@]/%/.ko*}" || return
  dpkg-deb -x "$work"/busybox-static*.deb "$work" || return
  mkdir -p "$guest/modules"
  cp "$work"/boot/vmlinuz-* "$guest/vmlinuz" || return
  cp "$(find "$work" -path "*/bin/busybox" -type f | head -n 1)" "$guest/busybox" || return
  for module in "${modules[@]}"; do
    file=$(find "$work" -name "$module.ko*" | head -n 1)
    case $file in
      *.xz) xz -dc "$file" >"$guest/modules/$module.ko" ;;
      *.zst) zstd -qdc "$file" >"$guest/modules/$module.ko" ;;
      *) cp "$file" "$guest/modules/$module.ko" ;;
    esac || return
  done
}

if ! type -P apt-get >/dev/null; then
  echo "peers: no apt-get here; without $(missing | xargs) the tests that need them are skipped"
  exit 0
fi
if [ -n "$(missing)" ]; then
  if [ "$(id -u)" = 0 ]; then
    install_peers
  else
    echo "peers: run this to have no test skipped:"
    echo "sudo apt-get install -y --no-install-recommends ${packages[*]}"
  fi
fi
if [ ! -e "$guest/modules/virtio_net.ko" ]; then
  fetch_guest || echo "peers: no parts for a guest, so the tests with QEMU guests are skipped"
fi
missing | sed 's/^/peers: tests that need it are skipped: /'
exit 0
