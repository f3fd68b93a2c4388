// Every kind of link, by the scheme of its URL. docs/reference/links.md is printed from this table.

import { LIMIT_LIST } from "../../host/slirp/limits.js";
import type { Scheme } from "../../host/transports.js";
import type { Open } from "./open.js";

/** To look for a socket of this machine costs nothing; a server that comes back does not want all its clients at once. */
const LOCAL_MS = 1_000;
const FAR_MS = 30_000;

export const SCHEMES: readonly Scheme<Open>[] = [
  {
    scheme: "vde",
    returnsMs: LOCAL_MS,
    example: "vde:///tmp/sw[3]",
    help: "a port of a switch: any, or by number; `port=`, `portgroup=`, `mode=`, `group=`. The scheme may be left out",
    load: async () => (await import("./vde.js")).openVde,
  },
  {
    scheme: "tap",
    example: "tap://tap0",
    help: "a tap interface, made where there is none",
    load: async () => (await import("./tap.js")).openTapSide,
  },
  {
    scheme: "pcap",
    example: "pcap://eth0",
    help: "a network interface of this machine: all that comes in by it, and what goes out by it; not the machine itself",
    isDistant: true,
    load: async () => (await import("./pcap.js")).openPcap,
  },
  {
    scheme: "null",
    example: "null://",
    help: "takes every frame, and has none",
    load: async () => (await import("./null.js")).openNull,
  },
  {
    scheme: "cmd",
    example: "cmd://ssh host vde_plug",
    help: "a command that speaks VDE's framing on its standard input and output; no shell reads it",
    isDistant: true,
    load: async () => (await import("./cmd.js")).openCommand,
  },
  {
    scheme: "stdio",
    example: "stdio://",
    help: "this program's own standard input and output, in VDE's framing",
    isDistant: true,
    load: async () => (await import("./stdio.js")).openStdio,
  },
  {
    scheme: "udp",
    example: "udp://5000->host:5000",
    help: "each datagram is a frame; `udp://[ADDRESS:]PORT->HOST:PORT`",
    isDistant: true,
    load: async () => (await import("./udp.js")).openUdp,
  },
  {
    scheme: "crypt",
    example: "crypt://user@host:7667",
    help: "an encrypted cable to a `vde_cryptcab` server, with keys by ssh, or from a file: `preshared=`; `keepalive`",
    isDistant: true,
    load: async () => (await import("./crypt.js")).openCrypt,
  },
  {
    scheme: "ptp",
    example: "ptp:///tmp/wire",
    help: "two programs on this machine: the first to come has the path, the second the path and a plus",
    load: async () => (await import("./pair.js")).openPointToPoint,
  },
  {
    scheme: "dgram",
    example: "dgram:///tmp/own->/tmp/peer",
    help: "a pair of Unix datagram sockets, as QEMU's `-netdev dgram` has them",
    load: async () => (await import("./pair.js")).openDgram,
  },
  {
    scheme: "stream",
    returnsMs: LOCAL_MS,
    example: "stream:///tmp/vm.sock[server]",
    help: "a Unix stream socket with QEMU's framing, as `-netdev stream` has it; with `[server]` it waits for QEMU",
    load: async () => (await import("./stream.js")).openStream,
  },
  {
    scheme: "seqpacket",
    example: "seqpacket://5",
    help: "an inherited SOCK_SEQPACKET socket, by its number",
    load: async () => (await import("./seqpacket.js")).openSeqpacket,
  },
  {
    scheme: "hub",
    example: "hub:///tmp/net",
    help: "a hub in this program, to which plugs connect as to a switch: every frame to everybody else; `mode=`, `grp=`",
    isDistant: true,
    load: async () => (await import("./node.js")).openNode("hub"),
  },
  {
    scheme: "switch",
    example: "switch:///tmp/net[mode=660]",
    help: "the same, a switch: a frame for an address that is known goes there alone; `expiretime=`",
    isDistant: true,
    load: async () => (await import("./node.js")).openNode("switch"),
  },
  {
    scheme: "multi",
    example: "multi:///tmp/net",
    help: "the same, a star: plugs hear this end, and this end hears them, but none hears another",
    isDistant: true,
    load: async () => (await import("./node.js")).openNode("multi"),
  },
  {
    scheme: "bonding",
    example: "bonding:///tmp/net",
    help: "the same, and each frame of this end goes to one of the plugs, in turn",
    isDistant: true,
    load: async () => (await import("./node.js")).openNode("bonding"),
  },
  {
    scheme: "vlan",
    example: "vlan://12[untag=3/tag=10:11-12:12]{vde:///tmp/sw}",
    help: "another link, in a VLAN: what goes there is tagged, what comes is untagged; `untag=`, `tag=`, `trunk`",
    isDistant: true,
    load: async () => (await import("./vlan.js")).openVlan,
  },
  {
    scheme: "wire",
    example: "wire://loss=5,delay=20+5N{vde:///tmp/sw}",
    help: "another link, with faults before it: the parameters of wirefilter, `preset=`, `seed=`, `fifo=`",
    isDistant: true,
    load: async () => (await import("./wire.js")).openWire,
  },
  {
    scheme: "vxlan",
    example: "vxlan://192.0.2.7,192.0.2.8/vni=4",
    help: "VXLAN, RFC 7348, with a multicast group or a list of peers; `port=`, `vni=`, `ttl=`, `if=`, `expiretime=`",
    isDistant: true,
    load: async () => (await import("./vxlan.js")).openVxlan,
  },
  {
    scheme: "vxvde",
    example: "vxvde://239.0.0.1/vni=4",
    help: "a switch without a switch: every program on the same group is a port of it; the options of vxlan",
    isDistant: true,
    load: async () => (await import("./vxvde.js")).openVxvde,
  },
  {
    scheme: "ws",
    returnsMs: FAR_MS,
    example: "ws://host:8080/room/lab",
    help: "a WebSocket to a switch or a relay: a room by its path, a token in the query (`?token=`)",
    isDistant: true,
    load: async () => (await import("./websocket.js")).openWebSocketBy("ws"),
  },
  {
    scheme: "wss",
    returnsMs: FAR_MS,
    example: "wss://host/room/lab?token=T",
    help: "the same over TLS; `NODE_EXTRA_CA_CERTS` names a file with authorities of your own",
    isDistant: true,
    load: async () => (await import("./websocket.js")).openWebSocketBy("wss"),
  },
  {
    scheme: "slirp",
    example: "slirp:///tcpfwd=2222:10.0.2.15:22",
    help:
      "a gateway, which leads guests outside: 10.0.2.2/24 and fd00::2/64, with DHCP and router advertisements. " +
      "`v4`, `v6`, `addr=`, `addr6=`, `dhcp=`, `vnameserver=`, `vnameserver6=`, `vdomainname=`, `vdnssearch=`, " +
      "`hostname=`, `tftp_path=`, `bootfile=`, `tftp_server_name=`, `mtu=`, `mru=`, `restricted`, `disable_host_loopback`, " +
      "`tcpfwd=`, `udpfwd=`, `unixfwd=`, `cmdfwd=`, `allow=`, `deny=`, `verbose`, and limits: " +
      `${LIMIT_LIST.map(([, { name }]) => `\`${name}=\``).join(", ")}; a slash in a value is quoted, or \`%2f\``,
    load: async () => (await import("./slirp.js")).openSlirp,
  },
];
