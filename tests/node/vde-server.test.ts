// What plugs are given, and what they are refused, on DIR/ctl.

import { lstatSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { refuse } from "../../host/errors.js";
import { writeRequest } from "../../host/vde/request.js";
import { close } from "../../host-node/native/libc.js";
import { bindTo, SOCK_STREAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { frame } from "../interop/frames.js";
import { until } from "../interop/wait.js";
import { type Bench, Client, descriptors, onBench, plugged } from "./vde-bench.js";

const test = suite("DIR/ctl");

/** What is in the directory beside ctl. */
const data = ({ server }: Bench) => readdirSync(server.dir).filter((name) => name !== "ctl");

/** Nothing is left of a client that was refused: no socket, no endpoint, no descriptor. */
async function leavesNothing(bench: Bench, work: () => Promise<void>): Promise<void> {
  const before = descriptors();
  await work();
  await until("every descriptor of a refused plug is closed", () => descriptors() <= before);
  assert.equal(data(bench), []);
  assert.equal(plugged(bench.sw), []);
}

test(
  "answers with the path of a data socket, and frames flow",
  onBench({}, async (bench) => {
    const [a, b] = [new Client(bench).ask(), new Client(bench).ask(7)];
    const [left, right] = [await a.plug(), await b.plug()];
    left.send(frame("a > b hello"));
    assert.ok(await right.hears("a > b hello"));
    right.send(frame("b > a there"));
    assert.ok(await left.hears("b > a there"));
    assert.match(await a.answer(), new RegExp(`^${bench.server.dir}/001\\.\\d+$`));
    assert.match(await b.answer(), new RegExp(`^${bench.server.dir}/007\\.\\d+$`));
    assert.equal(plugged(bench.sw), ["1: a test", "7: a test"]);
    assert.equal(bench.events.slice(0, 3), ["port/+", "port/ep/+", "port/descr"]);
  }),
);

test(
  "unplugs who hangs up, and removes the data socket",
  onBench({}, async (bench) => {
    const client = new Client(bench).ask();
    await client.answer();
    assert.is(data(bench).length, 1);
    client.hangUp();
    await until("the port is free", () => plugged(bench.sw).length === 0);
    assert.equal(data(bench), []);
    assert.equal(bench.events.slice(3), ["port/ep/-", "port/-"]);
  }),
);

test(
  "hangs up on an endpoint that a manager closes",
  onBench({}, async (bench) => {
    const client = new Client(bench).ask(2);
    await client.answer();
    bench.sw.unplug(bench.sw.ports.get(2).endpoints[0]!);
    assert.ok(await client.closed());
    assert.equal(data(bench), []);
  }),
);

test(
  "takes a request in pieces",
  onBench({}, async (bench) => {
    const client = new Client(bench);
    const request = writeRequest({ port: 3, address: client.address, description: Buffer.from("slow") });
    for (const [from, to] of [
      [0, 1],
      [1, 11],
      [11, 60],
      [60, 121],
      [121, 200],
    ]) {
      client.write(request.subarray(from, to));
      await new Promise((done) => setTimeout(done, 10));
    }
    assert.match(await client.answer(), /\/003\.\d+$/);
    assert.equal(plugged(bench.sw), ["3: slow"]);
  }),
);

test(
  "cuts a long description, and shows none of its control characters",
  onBench({}, async (bench) => {
    await new Client(bench).ask(1, "x".repeat(30_000)).answer();
    await new Client(bench).ask(2, "line\n.\n1000 Success\x1b[31m\u009b\u2028").answer();
    await new Client(bench).ask(3, "Zürich\0hidden").answer();
    const long = `1: ${"x".repeat(1024)}`;
    assert.equal(plugged(bench.sw), [long, "2: line?.?1000 Success?[31m??", "3: Zürich"]);
  }),
);

test(
  "unplugs who speaks after the request, and leaves no ghost",
  onBench({}, async (bench) => {
    for (const more of [
      Buffer.from("garbage"),
      writeRequest({ port: 4, address: new Uint8Array(110), description: Buffer.of() }),
    ]) {
      const client = new Client(bench).ask();
      await client.answer();
      client.write(more);
      assert.ok(await client.closed());
      assert.equal(plugged(bench.sw), []);
      assert.equal(data(bench), []);
    }
    assert.match(bench.log.join("\n"), /plug in port 1 spoke after its request/);
  }),
);

test(
  "puts types 1 and negative ports into port 0",
  onBench({}, async (bench) => {
    await new Client(bench).ask(0).answer();
    const client = new Client(bench);
    const negative = writeRequest({ port: undefined, address: client.address, description: Buffer.from("negative") });
    negative.set([0, 0xff, 0xff, 0xff], 8);
    await client.write(negative).answer();
    assert.equal(plugged(bench.sw), ["0: negative", "0: a test"]);
  }),
);

test(
  "plugs in by an abstract name",
  onBench({}, async (bench) => {
    const client = new Client(bench, { path: `\0vde test ${process.pid}` }).ask();
    const right = new Client(bench).ask();
    const [left, other] = [await client.plug(), await right.plug()];
    left.send(frame("a > b hello"));
    assert.ok(await other.hears("a > b hello"));
    assert.is(bench.sw.ports.get(1).endpoints[0]!.plug.uid, process.geteuid?.());
  }),
);

test(
  "takes no harm from empty and short datagrams",
  onBench({}, async (bench) => {
    const [left, right] = [await new Client(bench).ask().plug(), await new Client(bench).ask().plug()];
    for (let size = 0; size < 14; size++) left.send(new Uint8Array(size));
    left.send(frame("a > b hello"));
    assert.ok(await right.hears("a > b hello"));
    assert.is(plugged(bench.sw).length, 2);
  }),
);

const GARBAGE: readonly [what: string, octets: Uint8Array][] = [
  ["text", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["zeros", Buffer.alloc(122)],
  ["a megabyte", Buffer.alloc(1 << 20, 0xaa)],
  ["another version", Buffer.from("cefaedfe0400000000000000", "hex")],
  ["another type", Buffer.from("cefaedfe0300000002000000", "hex")],
  ["no address", Buffer.concat([Buffer.from("cefaedfe0300000000000000", "hex"), Buffer.alloc(110)])],
];

for (const [what, octets] of GARBAGE) {
  test(
    `hangs up on ${what}`,
    onBench({}, (bench) =>
      leavesNothing(bench, async () => {
        const client = new Client(bench).write(octets);
        assert.ok(await client.closed());
        assert.is(await client.answer(), "refused");
        assert.is(bench.log.length, 1);
        client.hangUp();
      }),
    ),
  );
}

test(
  "hangs up on addresses that are not the plug's own datagram socket",
  onBench({}, async (bench) => {
    const { lab, server } = bench;
    const own = new Client(bench);
    const stream = unixSocket(SOCK_STREAM);
    lab.later(() => close(stream));
    bindTo(stream, sockaddrUn(lab.path("stream")), "stream");
    writeFileSync(lab.path("file"), "");
    symlinkSync(Buffer.from(own.address.subarray(2, own.address.indexOf(0, 2))), lab.path("link"));
    const paths = [
      lab.path("nothing"),
      lab.path("file"),
      lab.path("stream"),
      lab.path("link"),
      `${server.dir}/ctl`,
      "/",
    ];
    const addresses = [...paths.map((path) => sockaddrUn(path)), abstract("\0no such name"), abstract("")];
    for (const address of addresses) {
      const client = new Client(bench).write(writeRequest({ port: 3, address, description: Buffer.of() }));
      assert.is(await client.answer(), "refused");
    }
    assert.equal(plugged(bench.sw), []);
    assert.equal(data(bench), []);
    assert.is(bench.log.length, addresses.length);
  }),
);

function abstract(name: string): Uint8Array {
  const address = new Uint8Array(110);
  address.set([1, 0, ...Buffer.from(name)]);
  return address;
}

test(
  "refuses ports that there are not, and more plugs than ports, with an end to the connection",
  onBench({}, async (bench) => {
    bench.sw.ports.count = 2;
    assert.is(await new Client(bench).ask(3).answer(), "refused");
    assert.is(await new Client(bench).ask(8_388_607).answer(), "refused");
    for (const _ of [1, 2]) assert.match(await new Client(bench).ask().answer(), /\.\d+$/);
    const before = descriptors();
    for (let i = 0; i < 50; i++) {
      const client = new Client(bench).ask();
      assert.is(await client.answer(), "refused");
      client.hangUp();
    }
    await until("refused plugs cost nothing", () => descriptors() <= before);
    assert.is(data(bench).length, 2);
    assert.match(bench.log.join("\n"), /ports are 0 to 2.*all 2 ports are taken/s);
  }),
);

test(
  "keeps nothing of a plug that the core has no room for",
  onBench({}, (bench) =>
    leavesNothing(bench, async () => {
      bench.sw.ports.plug = () => refuse("EMFILE", "all endpoints are taken");
      const client = new Client(bench).ask();
      assert.is(await client.answer(), "refused");
      client.hangUp();
    }),
  ),
);

test(
  "takes a data socket's name back that a dead switch left, and no other file's",
  onBench({}, async (bench) => {
    const first = new Client(bench).ask(5);
    const path = await first.answer();
    first.hangUp();
    await until("the name is free", () => data(bench).length === 0);
    const stale = unixSocket(SOCK_STREAM);
    bindTo(stale, sockaddrUn(path), "stale");
    close(stale);
    assert.match(await new Client(bench).ask(5).answer(), /\/005\.\d+$/);
    assert.ok(lstatSync(`${bench.server.dir}/ctl`).isSocket());
  }),
);

test.run();
