// An archive of files as Linux unpacks one at boot: cpio, "newc" format. See buffer-format.rst in Linux.

/** A file's path, and what is in it; executable. */
export type Files = ReadonlyMap<string, Buffer>;

const DIRECTORY = 0o040755;
const FILE = 0o100755;
const DEVICE = 0o020600;

/** The files, the folders that they need, and the console that init writes to. */
export function cpio(files: Files): Buffer {
  const folders = new Set(["dev", ...[...files.keys()].flatMap(parents)]);
  return Buffer.concat([
    ...[...folders].sort().map((name) => entry(name, DIRECTORY)),
    entry("dev/console", DEVICE, { major: 5, minor: 1 }),
    ...[...files].map(([name, data]) => entry(name, FILE, { data })),
    entry("TRAILER!!!", 0),
  ]);
}

function parents(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

interface Content {
  readonly data?: Buffer;
  readonly major?: number;
  readonly minor?: number;
}

/** Thirteen numbers of eight hex digits, the name, and the data: both filled up to four octets. */
function entry(name: string, mode: number, content: Content = {}): Buffer {
  const { data = Buffer.alloc(0), major = 0, minor = 0 } = content;
  const title = Buffer.from(`${name}\0`);
  const [inode, owner, group, links, time, check] = [0, 0, 0, 1, 0, 0];
  const numbers = [inode, mode, owner, group, links, time, data.length, 0, 0, major, minor, title.length, check];
  const head = Buffer.from(`070701${numbers.map((number) => number.toString(16).padStart(8, "0")).join("")}`);
  return Buffer.concat([filled(Buffer.concat([head, title])), filled(data)]);
}

function filled(octets: Buffer): Buffer {
  return Buffer.concat([octets, Buffer.alloc(-octets.length & 3)]);
}
