#!/bin/bash
# Fetches the parts of small guests from Debian's packages to .cache/guests, for the tests and the demo: a kernel for
# i386 with the modules of a virtio adapter, busybox, a BIOS for v86, and iPXE. Nothing is installed, no root is needed,
# and apt's own state is left alone. The last thing written is VERSIONS: it says what was fetched, and that all of it was.
#
# The images are under the GPL and the LGPL. They are for this machine: whoever passes them on owes their source, too.

set -u
cd "$(dirname "$0")/.." || exit 1

out=.cache/guests
mirror=${GUEST_MIRROR:-http://deb.debian.org/debian}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
modules=(failover net_failover virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_net
  mrp garp 8021q llc stp bridge)

stop() {
  echo "guests: $*" >&2
  exit 1
}

# An apt of its own: its lists, its packages, and the last suite that has a kernel for i386, beside the first one that has
# an iPXE with ping. The machine's apt settings hold, such as a proxy; what it does after an update does not.
write_apt() {
  mkdir -p "$work"/apt/{lists,archives}/partial "$work/debs" "$work/tree"
  : >"$work/apt/status"
  cat >"$work/apt/sources.list" <<-END
	deb [arch=i386 signed-by=$keyring] $mirror bookworm main
	deb [arch=i386 signed-by=$keyring] $mirror trixie main
	END
  cat >"$work/apt/apt.conf" <<-END
	Dir::State "$work/apt";
	Dir::State::status "$work/apt/status";
	Dir::Cache "$work/apt";
	Dir::Etc::SourceList "$work/apt/sources.list";
	Dir::Etc::SourceParts "-";
	Dir::Etc::Preferences "/dev/null";
	Dir::Etc::PreferencesParts "/dev/null";
	APT::Architecture "i386";
	#clear APT::Architectures;
	APT::Architectures { "i386"; };
	APT::Sandbox::User "";
	#clear APT::Update;
	#clear Acquire::IndexTargets;
	Acquire::IndexTargets::deb::Packages {
	  MetaKey "\$(COMPONENT)/binary-\$(ARCHITECTURE)/Packages";
	  ShortDescription "Packages";
	  Description "\$(RELEASE)/\$(COMPONENT) \$(ARCHITECTURE) Packages";
	};
	Acquire::Languages "none";
	Acquire::Retries "3";
	END
}

apt() {
  local program=$1
  shift
  "$program" -qq -c "$work/apt/apt.conf" "$@" </dev/null
}

fetch() {
  local kernel
  apt apt-get update || return
  kernel=$(apt apt-cache depends linux-image-686/bookworm | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  (cd "$work/debs" &&
    apt apt-get download "$kernel/bookworm" busybox-static/bookworm seabios/bookworm ipxe/trixie)
}

# Only what is used: the kernel's package alone would be 190 MB.
unpack() {
  local patterns=("${modules[@]/#/*/}") deb
  patterns=(./boot/vmlinuz-* ./bin/busybox */bios.bin */vgabios-stdvga.bin */ipxe.lkrn "${patterns[@]/%/.ko}")
  for deb in "$work"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -C "$work/tree" -xf - --wildcards "${patterns[@]}" 2>/dev/null
  done
  mkdir -p "$work/out/modules"
  take vmlinuz 'vmlinuz-*' && take busybox busybox && take ipxe.lkrn ipxe.lkrn &&
    take bios.bin bios.bin && take vgabios.bin vgabios-stdvga.bin || return
  for module in "${modules[@]}"; do take "modules/$module.ko" "$module.ko" || return; done
  for deb in "$work"/debs/*.deb; do
    dpkg-deb --show --showformat '${Package} ${Version} ${Architecture}\n' "$deb"
  done >"$work/out/VERSIONS"
}

take() {
  local file
  file=$(find "$work/tree" -name "$2" -type f | head -n 1)
  [ -n "$file" ] && cp "$file" "$work/out/$1"
}

[ -e "$out/VERSIONS" ] && exit 0
for command in apt-get apt-cache dpkg-deb; do
  type -P "$command" >/dev/null ||
    stop "there is no $command: run this on a Debian or Ubuntu, and copy its .cache/guests here"
done
[ -e "$keyring" ] || stop "Debian's keys are missing: sudo apt-get install debian-archive-keyring"
mkdir -p .cache
work=$(mktemp -d "$PWD/.cache/guests.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
write_apt
fetch || stop "the packages could not be fetched from $mirror; GUEST_MIRROR=URL names another mirror"
unpack || stop "a package has not what is expected in it"
rm -rf "$out"
mv "$work/out" "$out"
