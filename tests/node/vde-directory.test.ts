// The directory of a switch: what it is given, whom it is kept for, and what is left alone.

import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SwitchError } from "../../host/errors.js";
import type { Switch } from "../../host/switch.js";
import { lock } from "../../host-node/native/file.js";
import { close } from "../../host-node/native/libc.js";
import { bindTo, SOCK_DGRAM, SOCK_STREAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { deriveModes } from "../../host-node/servers/modes.js";
import { serveVde, type VdeOptions, type VdeServer } from "../../host-node/servers/vde.js";
import { stillClock } from "../clock.js";
import { inLab, type Lab } from "../interop/lab.js";
import { makeSwitch } from "../lab.js";
import { needs } from "../skip.js";
import { connected, isRoot, NOBODY } from "./vde-bench.js";

const test = suite("a switch's directory");
const asRoot = needs(test, { unless: !isRoot && "needs root" });

/** A switch that forwards nothing: here are no plugs. */
const sw: Switch = makeSwitch(stillClock()).sw;
const mode = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

interface Served extends VdeServer {
  readonly log: string[];
}

async function serve(lab: Lab, options: Partial<VdeOptions> = {}): Promise<Served> {
  const log: string[] = [];
  const server = await serveVde(sw, { dir: lab.path("sw"), log: (text) => void log.push(text), ...options });
  lab.later(() => server.close());
  return { ...server, log };
}

/** The errno and words of a refusal to serve. */
async function refusal(lab: Lab, options: Partial<VdeOptions> = {}): Promise<string> {
  try {
    await serve(lab, options);
    return "served";
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${code} ${error instanceof SwitchError ? error.detail : message}`;
  }
}

test("derives the mode of the directory from that of the sockets, or the other way round", () => {
  const octal = (mode?: number, dirMode?: number) => {
    const modes = deriveModes({ mode, dirMode });
    return `${modes.mode.toString(8)} ${modes.dirMode.toString(8)}`;
  };
  assert.is(octal(), "600 2700");
  const derived: [number, string][] = [
    [0o660, "660 3770"],
    [0o640, "640 2750"],
    [0o606, "606 3707"],
    [0o777, "777 3777"],
    [0o420, "420 3530"],
    [0, "0 2000"],
  ];
  for (const [mode, expected] of derived) assert.is(octal(mode), expected);
  assert.is(octal(undefined, 0o2775), "664 3775");
  assert.is(octal(0o660, 0o700), "660 700");
  assert.is(octal(0o666, 0o777), "666 1777");
});

test(
  "is made with its mode whatever the umask, and is gone at the end",
  inLab(async (lab) => {
    const umask = process.umask(0o777);
    const server = await serve(lab, { mode: 0o660 }).finally(() => process.umask(umask));
    assert.is(mode(server.dir), "3770");
    assert.is(mode(`${server.dir}/ctl`), "660");
    assert.is(server.mode, 0o660);
    await server.close();
    assert.not.ok(existsSync(server.dir));
    assert.equal(server.log, []);
  }),
);

test(
  "is left with what others keep in it",
  inLab(async (lab) => {
    const server = await serve(lab);
    writeFileSync(`${server.dir}/note`, "");
    await server.close();
    assert.equal(readdirSync(server.dir), ["note"]);
    assert.match(server.log.join(), /cannot remove .*ENOTEMPTY/);
  }),
);

test(
  "is used where it is there already, and given its mode",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw"), 0o755);
    await serve(lab);
    assert.is(mode(lab.path("sw")), "2700");
  }),
);

test(
  "keeps its mode where it holds directories: it is somebody's home, or /tmp",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw/inner"), { recursive: true });
    chmodSync(lab.path("sw"), 0o755);
    const { log } = await serve(lab);
    assert.is(mode(lab.path("sw")), "755");
    assert.match(log.join(), /its permissions are left as they are/);
  }),
);

test(
  "is found once, through symbolic links",
  inLab(async (lab) => {
    mkdirSync(lab.path("real"));
    symlinkSync(lab.path("real"), lab.path("sw"));
    const { dir } = await serve(lab);
    assert.is(dir, realpathSync(lab.path("real")));
    assert.ok(lstatSync(lab.path("real/ctl")).isSocket());
  }),
);

test(
  "is not made where a link leads to nothing, nor in what is not there",
  inLab(async (lab) => {
    symlinkSync(lab.path("nothing"), lab.path("sw"));
    assert.match(await refusal(lab), /^ENOENT /);
    assert.not.ok(existsSync(lab.path("nothing")));
    assert.match(await refusal(lab, { dir: lab.path("a/b") }), /^ENOENT cannot make .*a is not there$/);
  }),
);

test(
  "is no file, and a file is left as it is",
  inLab(async (lab) => {
    writeFileSync(lab.path("sw"), "precious", { mode: 0o644 });
    assert.match(await refusal(lab), /^ENOTDIR /);
    assert.is(mode(lab.path("sw")), "644");
  }),
);

test(
  "has a name that leaves room for the sockets in it",
  inLab(async (lab) => {
    const longest = lab.path("x".repeat(95 - lab.folder.length - 1));
    assert.is((await serve(lab, { dir: longest })).dir, longest);
    assert.match(await refusal(lab, { dir: `${longest}x` }), /^EINVAL .* at most 95 octets/);
    assert.not.ok(existsSync(`${longest}x`));
  }),
);

test(
  "serves one switch at a time, and the next after it",
  inLab(async (lab) => {
    const first = await serve(lab);
    assert.match(await refusal(lab), /^EADDRINUSE another switch serves /);
    await first.close();
    assert.is((await serve(lab)).dir, first.dir);
  }),
);

test(
  "is left to a switch that has locked it and is only starting",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw"));
    const fd = openSync(lab.path("sw"), "r");
    assert.ok(lock(fd));
    assert.match(await refusal(lab), /^EADDRINUSE another switch serves /);
    closeSync(fd);
    assert.is((await serve(lab)).mode, 0o600);
  }),
);

test(
  "is left to a switch that knows no lock",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw"));
    const other = createServer().listen(lab.path("sw/ctl"));
    lab.later(() => void other.close());
    assert.match(await refusal(lab), /^EADDRINUSE another switch serves /);
    assert.ok(lstatSync(lab.path("sw/ctl")).isSocket());
  }),
);

for (const [what, type] of [
  ["stream", SOCK_STREAM],
  ["datagram", SOCK_DGRAM],
] as const) {
  test(
    `is taken over from a dead switch's ${what} socket`,
    inLab(async (lab) => {
      mkdirSync(lab.path("sw"));
      leave(lab.path("sw/ctl"), type);
      await serve(lab);
      connected(lab.path("sw/ctl")).destroy();
    }),
  );
}

/** A socket that nobody holds. */
function leave(path: string, type: number): void {
  const fd = unixSocket(type);
  bindTo(fd, sockaddrUn(path), path);
  close(fd);
}

test(
  "keeps a ctl that is no socket",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw"));
    for (const make of [
      () => writeFileSync(lab.path("sw/ctl"), "precious"),
      () => symlinkSync("/x", lab.path("sw/ctl")),
    ]) {
      make();
      const { ino } = lstatSync(lab.path("sw/ctl"));
      assert.match(await refusal(lab), /^EEXIST .*ctl is not a socket, and is left alone/);
      assert.is(lstatSync(lab.path("sw/ctl")).ino, ino);
      rmSync(lab.path("sw/ctl"));
    }
  }),
);

test(
  "keeps a ctl that somebody put in the place of ours",
  inLab(async (lab) => {
    const server = await serve(lab);
    rmSync(`${server.dir}/ctl`);
    writeFileSync(`${server.dir}/ctl`, "");
    await server.close();
    assert.ok(lstatSync(`${server.dir}/ctl`).isFile());
  }),
);

test(
  "is given to a group by name, and to none that there is not",
  inLab(async (lab) => {
    assert.match(await refusal(lab, { group: "no such group" }), /^EINVAL there is no group 'no such group'$/);
    assert.not.ok(existsSync(lab.path("sw")));
  }),
);

asRoot(
  "belongs to its group with all that is in it",
  inLab(async (lab) => {
    const { dir } = await serve(lab, { group: "daemon", mode: 0o660 });
    assert.equal([statSync(dir).gid, statSync(`${dir}/ctl`).gid], [1, 1]);
  }),
);

asRoot(
  "of another user keeps its permissions",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw"), 0o755);
    chownSync(lab.path("sw"), NOBODY, NOBODY);
    const { log } = await serve(lab, { group: "daemon" });
    assert.equal([mode(lab.path("sw")), statSync(lab.path("sw")).gid], ["755", NOBODY]);
    assert.match(log.join(), /belongs to nobody: its permissions are left/);
  }),
);

asRoot(
  "of another user is not served by a user",
  inLab(async (lab) => {
    chmodSync(lab.folder, 0o777);
    mkdirSync(lab.path("sw"));
    chownSync(lab.path("sw"), 1, 1);
    chmodSync(lab.path("sw"), 0o777);
    process.seteuid!(NOBODY);
    const words = await refusal(lab).finally(() => process.seteuid!(0));
    assert.match(words, /^EACCES .* belongs to daemon$/);
  }),
);

test.run();
