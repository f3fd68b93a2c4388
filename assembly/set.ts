// Sets of ports: SET_SIZE octets at an address, one bit a port.

export function word(set: usize, index: u32): u64 {
  return load<u64>(set + (index << 3));
}

function address(set: usize, port: u32): usize {
  return set + ((port >>> 6) << 3);
}

/** The bit of a port in its word. */
export function bit(port: u32): u64 {
  const first: u64 = 1;
  return first << (port & 63);
}

export function has(set: usize, port: u32): bool {
  return (load<u64>(address(set, port)) & bit(port)) != 0;
}

export function add(set: usize, port: u32): void {
  store<u64>(address(set, port), load<u64>(address(set, port)) | bit(port));
}

/** Memory that nobody has written to costs nothing, and stays so. */
export function remove(set: usize, port: u32): void {
  if (has(set, port)) store<u64>(address(set, port), load<u64>(address(set, port)) & ~bit(port));
}
