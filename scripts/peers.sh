#!/bin/bash
# Fetches what the interop tests run against: VDE's own tools, QEMU and others from Debian's packages, and the parts of
# small guests, which go to .cache/guests and are not installed. Where it may not install, it says what to run, and
# which tests are skipped without. A package that this system has not is left out; the tests say what they miss.

set -u
cd "$(dirname "$0")/.."

packages=(vde2 vde-switch vdeplug vde-wirefilter vde2-cryptcab libvdeplug-dev qemu-system-x86 iperf3 iproute2 iputils-ping tshark
  socat procps util-linux openssh-server openssh-client netcat-openbsd
  tmux openvswitch-switch chromium busybox isc-dhcp-client curl ifupdown psmisc gcc libc6-dev)
commands=(vde_switch vde_plug dpipe wirefilter vde_cryptcab vdeterm unixterm unixcmd vde_plug2tap vde_pcapplug vde_autolink
  qemu-system-x86_64 iperf3 ip ping tshark socat script setpriv sshd ssh nc ovs-vsctl ovs-vswitchd ovsdb-server chromium
  tmux busybox dhclient curl ifup killall pidof x86_64-linux-gnu-gcc)

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
bash scripts/guests.sh || echo "peers: no parts for guests, so the tests with guests are skipped"
missing | sed 's/^/peers: tests that need it are skipped: /'
exit 0
