// Tap devices: /dev/net/tun and its ioctls. See Documentation/networking/tuntap.rst of Linux.

import { refuse } from "../../host/errors.js";
import { bind, check, close, cString } from "./libc.js";

const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const TUNSETIFF = 0x400454ca;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const IFF_VNET_HDR = 0x4000;
const TUNSETOFFLOAD = 0x400454d0;
const TUN_F_CSUM = 0x01;
const TUN_F_TSO4 = 0x02;
const TUN_F_TSO6 = 0x04;
const IFNAME_SIZE = 16;

const OFFLOAD = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;

const cOpen = bind<[Uint8Array, number]>("int open(void *path, int flags)");
const cIoctl = bind<[number, number, Uint8Array]>("int ioctl(int fd, unsigned long request, void *argument)");
const cIoctlValue = bind<[number, number, number]>("int ioctl(int fd, unsigned long request, unsigned long value)");

/** readv(2) of one frame into a list of pieces. Returns its octets, or -1 with errno. */
export const readFrame = bind<[fd: number, vector: number, pieces: number]>(
  "long readv(int fd, int64_t vector, int pieces)",
);

/** writev(2) of one frame from a gather list. Returns its octets, or -1 with errno. */
export const writeFrame = bind<[fd: number, vector: number, pieces: number]>(
  "long writev(int fd, int64_t vector, int pieces)",
);

/**
 * Opens a tap interface by name, or makes one where there is none (that needs CAP_NET_ADMIN). The name may hold "%d",
 * which the kernel fills in. With `offload` a virtio_net_hdr stands before each frame, and the kernel may leave checksums
 * and TCP segmentation to us. Returns the descriptor and the name. Throws EINVAL on a name that does not fit, rather than
 * cut it to another interface's.
 */
export function openTap(name: string, { offload = true } = {}): { fd: number; name: string } {
  const octets = cString(name);
  if (octets.length > IFNAME_SIZE || octets.length === 1 || /[\s/:]/.test(name))
    refuse("EINVAL", `tap ${JSON.stringify(name)}: a name has 1 to 15 octets, no blank, no slash`);
  const path = "/dev/net/tun";
  const fd = check(cOpen(cString(path), O_RDWR | O_NONBLOCK | O_CLOEXEC), "open", path);
  try {
    const request = new Uint8Array(40);
    request.set(octets);
    const flags = IFF_TAP | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0);
    new DataView(request.buffer).setUint16(IFNAME_SIZE, flags, true);
    check(cIoctl(fd, TUNSETIFF, request), "ioctl TUNSETIFF", `tap ${name}`);
    if (offload) check(cIoctlValue(fd, TUNSETOFFLOAD, OFFLOAD), "ioctl TUNSETOFFLOAD", `tap ${name}`);
    const end = request.indexOf(0);
    return { fd, name: new TextDecoder().decode(request.subarray(0, end)) };
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Lets the kernel leave nothing to us any more. What it has put up before, and the headers, stay as they are. */
export function endOffload(fd: number): void {
  check(cIoctlValue(fd, TUNSETOFFLOAD, 0), "ioctl TUNSETOFFLOAD");
}
