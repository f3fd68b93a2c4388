// Who a plug is: by the credentials of its connection, whatever its socket's file says.

import { chmodSync, chownSync, lstatSync, mkdirSync, renameSync, rmSync, statSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeRequest } from "../../host/vde/request.js";
import { close } from "../../host-node/native/libc.js";
import { bindTo, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { bindFile } from "../../host-node/servers/socket-file.js";
import { bindPlug } from "../../host-node/transports/bind-plug.js";
import { connectConsole } from "../../host-node/transports/console.js";
import { openVde } from "../../host-node/transports/vde.js";
import { frame } from "../interop/frames.js";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { as, type Bench, Client, isRoot, NOBODY, onBench, plugged } from "./vde-bench.js";

const test = suite("users of a switch");
const asRoot = needs(test, { unless: !isRoot && "needs root" });
const DAEMON = 1;
const TTY = 5;

/** A bench that everybody may enter, with a switch that everybody may use. */
const openToAll = (work: (bench: Bench) => Promise<void>) =>
  onBench({ mode: 0o666 }, async (bench) => {
    chmodSync(bench.lab.folder, 0o777);
    await work(bench);
  });

const uidOf = ({ sw }: Bench, port: number) => sw.ports.get(port).endpoints[0]?.plug.uid;

asRoot(
  "are told apart by their connections, and get data sockets of their own",
  openToAll(async (bench) => {
    const client = new Client(bench, { uid: NOBODY }).ask(2);
    const { uid, mode } = lstatSync(await client.answer());
    assert.equal([uid, mode & 0o777, uidOf(bench, 2)], [NOBODY, 0o600, NOBODY]);
    const [left, right] = [await client.plug(), await new Client(bench).ask().plug()];
    chmodSync(await client.answer(), 0o000); // libvdeplug sets what it likes
    left.send(frame("a > b hello"));
    assert.ok(await right.hears("a > b hello"));
  }),
);

asRoot(
  "share a port with themselves alone, root or not",
  openToAll(async (bench) => {
    assert.match(await new Client(bench, { uid: DAEMON }).ask(3).answer(), /003/);
    assert.is(await new Client(bench, { uid: NOBODY }).ask(3).answer(), "refused");
    assert.is(await new Client(bench).ask(3).answer(), "refused");
    assert.match(await new Client(bench, { uid: DAEMON }).ask(3).answer(), /003/);
    assert.is(plugged(bench.sw).length, 2);
    assert.match(bench.log.join("\n"), /user 65534 is cut off: Permission denied: port 3 is in use by another user/);
  }),
);

asRoot(
  "get into a port that is kept for them, and nobody else does, not by an abstract name either",
  openToAll(async (bench) => {
    bench.sw.ports.create(4).user = DAEMON;
    assert.is(await new Client(bench, { uid: NOBODY }).ask(4).answer(), "refused");
    const path = `\0vde users ${process.pid}`;
    assert.is(await new Client(bench, { uid: NOBODY, path }).ask(4).answer(), "refused");
    assert.match(await new Client(bench, { uid: DAEMON }).ask(4).answer(), /004/);
  }),
);

asRoot(
  "get into a group's port by the groups that their connection has",
  openToAll(async (bench) => {
    bench.sw.ports.create(4).group = TTY;
    assert.is(await new Client(bench, { uid: NOBODY }).ask(4).answer(), "refused");
    process.setgroups!([TTY]);
    const client = new Client(bench, { uid: NOBODY });
    process.setgroups!([0]);
    assert.match(await client.ask(4).answer(), /004/);
  }),
);

asRoot(
  "get their own plugs' data socket by an abstract name, too",
  openToAll(async (bench) => {
    const path = `\0vde users ${process.pid}`;
    const answer = await new Client(bench, { uid: NOBODY, path }).ask().answer();
    assert.equal([lstatSync(answer).uid, uidOf(bench, 1)], [NOBODY, NOBODY]);
  }),
);

asRoot(
  "do not have the switch send to other users' sockets",
  openToAll(async (bench) => {
    const victim = new Client(bench);
    const path = Buffer.from(victim.address.subarray(2, victim.address.indexOf(0, 2))).toString();
    for (const mode of [0o600, 0o777]) {
      chmodSync(path, mode);
      const thief = new Client(bench, { uid: NOBODY });
      thief.write(writeRequest({ port: undefined, address: sockaddrUn(path), description: Buffer.of() }));
      assert.is(await thief.answer(), "refused");
    }
    assert.match(bench.log.join("\n"), /belongs to another user than the plug/);
  }),
);

asRoot(
  "do not have the switch send to other users' abstract sockets",
  openToAll(async (bench) => {
    const name = `\0vde victim ${process.pid}`;
    const victim = new Client(bench, { path: name });
    const thief = new Client(bench, { uid: NOBODY });
    thief.write(writeRequest({ port: undefined, address: victim.address, description: Buffer.of() }));
    assert.is(await thief.answer(), "refused");
    assert.match(bench.log.join("\n"), /the abstract socket belongs to another user than the plug/);
    const own = new Client(bench, { uid: NOBODY, path: `\0vde own ${process.pid}` });
    assert.match(await own.ask().answer(), /001/);
  }),
);

asRoot(
  "cannot take the place of the switch, nor remove each other's sockets",
  openToAll(async (bench) => {
    const { dir } = bench.server;
    const data = await new Client(bench, { uid: DAEMON }).ask().answer();
    for (const path of [`${dir}/ctl`, data]) {
      assert.throws(() => as(NOBODY, () => renameSync(path, `${dir}/.aside`)), /EPERM/);
      assert.throws(() => as(NOBODY, () => unlinkSync(path)), /EPERM/);
    }
  }),
);

asRoot(
  "get no frame of root's where they replaced the switch's socket in a directory of another program's",
  inLab(async (lab) => {
    chmodSync(lab.folder, 0o755);
    const dir = lab.path("old");
    mkdirSync(dir);
    chmodSync(dir, 0o2777);
    const server = as(NOBODY, () => impostor(`${dir}/ctl`, () => Buffer.alloc(110)));
    lab.later(() => server.close());
    const refused = await openVde(dir, { description: "a test" }).catch((error: Error) => error);
    assert.match(String(refused), /ctl: it is served by nobody, and its directory belongs to root/);
    assert.is(server.heard, 0);
  }),
);

asRoot(
  "get no command of root's where they replaced a console, and serve their own in a folder of everybody's",
  inLab(async (lab) => {
    chmodSync(lab.folder, 0o755);
    for (const [mode, expected] of [
      [0o777, /mgmt: it is served by nobody, and its directory belongs to root/],
      [0o1777, /^connected$/],
    ] as const) {
      const folder = lab.path(mode.toString(8));
      mkdirSync(folder);
      chmodSync(folder, mode);
      const server = as(NOBODY, () => impostor(`${folder}/mgmt`, () => Buffer.alloc(0)));
      const outcome = await connectConsole(`${folder}/mgmt`).then(
        (socket) => socket.destroy() && "connected",
        (error: Error) => error.message,
      );
      server.close();
      assert.match(outcome, expected);
    }
  }),
);

asRoot(
  "are not sent frames of root's by a switch of theirs that names a socket of somebody else",
  inLab(async (lab) => {
    chmodSync(lab.folder, 0o755);
    const dir = lab.path("theirs");
    mkdirSync(dir);
    chownSync(dir, NOBODY, NOBODY);
    const fd = unixSocket(SOCK_DGRAM);
    lab.later(() => close(fd));
    const file = bindFile(fd, lab.path("log"), { mode: 0o666 });
    const abstract = unixSocket(SOCK_DGRAM);
    lab.later(() => close(abstract));
    const name = Buffer.alloc(110);
    name.set([1, 0, 0, ...Buffer.from(`log ${process.pid}`)]);
    bindTo(abstract, name, "an abstract socket");
    for (const address of [sockaddrUn(file.path), name]) {
      const server = as(NOBODY, () => impostor(`${dir}/ctl`, () => address));
      const refused = await openVde(dir, { description: "a test" }).catch((error: Error) => error);
      assert.match(String(refused), /Permission denied: .*(no socket of the switch's|not its own)/);
      server.close();
    }
  }),
);

test(
  "have their own socket in the switch's directory until it knows them",
  onBench({}, async ({ server: { dir } }) => {
    const own = bindPlug(dir, { dir });
    assert.match(own.path.slice(dir.length), /^\/\.\d+-\d+$/);
    unlinkSync(own.path);
    close(own.fd);
  }),
);

asRoot(
  "hear why they are refused, by our own plugs",
  openToAll(async (bench) => {
    await new Client(bench, { uid: DAEMON }).ask(3).answer();
    const why = (port: number) =>
      openVde(bench.server.dir, { description: "a test", port }).then(
        (side) => side.close(),
        (error: Error) => error.message,
      );
    assert.match(
      `${await why(3)}`,
      /^Connection refused: the switch says: .*denied: port 3 is in use by another user$/,
    );
    assert.match(`${await why(99_999)}`, /^Connection refused: the switch says: .*port/);
    assert.match(bench.log.join("\n"), /user 0 is cut off: Permission denied: port 3 is in use by another user/);
  }),
);

/** Serves a path as a switch that answers every request alike, and counts what it heard. */
function impostor(path: string, answer: () => Uint8Array) {
  const served = {
    heard: 0,
    close() {
      server.close();
      rmSync(path, { force: true });
    },
  };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", ({ length }) => {
      served.heard += length;
      socket.write(answer());
    });
  });
  server.listen(path);
  chmodSync(path, 0o666);
  return served;
}

asRoot(
  "get the group's data sockets where the switch has a group",
  onBench({ mode: 0o660, group: "daemon" }, async (bench) => {
    const { gid, mode } = statSync(await new Client(bench).ask().answer());
    assert.equal([gid, mode & 0o777], [DAEMON, 0o600]);
  }),
);

const withPlug = needs(test, { unless: !isRoot && "needs root", commands: ["vde_plug", "setpriv"] });

withPlug(
  "plug in with vde_plug, from a directory that they may not write to",
  onBench({ mode: 0o666, dirMode: 0o755 }, async (bench) => {
    const { lab, sw, server } = bench;
    chmodSync(lab.folder, 0o755);
    chownSync(lab.folder, 0, 0);
    const who = ["--reuid", `${NOBODY}`, "--regid", `${NOBODY}`, "--clear-groups"];
    lab.start("setpriv", ...who, "vde_plug", `${server.dir}[6]`);
    await until("nobody is in port 6", () => sw.ports.has(6) && uidOf(bench, 6) === NOBODY);
    assert.match(plugged(sw).join(), /^6: vdeplug: user=nobody pid=\d+$/);
  }),
);

withPlug(
  "choose their ports with vde_plug as with VDE's own switch",
  onBench({}, async ({ lab, sw, server }) => {
    const forms = [server.dir, `vde://${server.dir}`, `${server.dir}[9]`, `${server.dir}[port=10]`, `${server.dir}[0]`];
    for (const [i, form] of forms.entries()) {
      lab.start("vde_plug", form);
      await until(`${form} is plugged in`, () => plugged(sw).length === i + 1);
    }
    assert.equal(
      sw.ports.list({ open: true }).map(({ id }) => id),
      [0, 1, 2, 9, 10],
    );
    const refused = lab.start("vde_plug", `${server.dir}[99]`);
    assert.is((await refused.exit()).code, 1);
  }),
);

test.run();
