// What is scarce: who may take it, who waits, what is said of it; and names, which strangers may ask for.

import { createSocket, type Socket } from "node:dgram";
import { once, setMaxListeners } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connectedUdp } from "../../host-node/native/inet.js";
import { Account, takeAll as takeEach } from "../../host-node/resources/account.js";
import { DescriptorCount, reserveOf, spareOf } from "../../host-node/resources/descriptors.js";
import { Names } from "../../host-node/resources/names.js";
import { lookups } from "../../host-node/resources/process.js";
import { Shortage } from "../../host-node/resources/shortage.js";
import { Turns } from "../../host-node/resources/turns.js";

const test = suite("resources");

function bench(limit: number) {
  const log: string[] = [];
  const shortage = new Shortage();
  shortage.tell((text) => void log.push(text));
  const purposes = { console: "operator", plug: "client", gateway: "guest" } as const;
  const account = new Account({ name: "things", purposes, limit: () => limit, reserve: reserveOf, shortage });
  return { account, log, shortage };
}

function takeAll(take: () => unknown): number {
  for (let count = 0; ; count++) {
    try {
      take();
    } catch {
      return count;
    }
  }
}

test("of several things to take, none is kept where one is refused", () => {
  const { account } = bench(1_000);
  const none = bench(0).account;
  for (let i = 0; i < 3; i++)
    assert.throws(() => takeEach(...[account, none].map((each) => () => each.take("console", "0"))));
  assert.is(account.taken, 0);
  assert.is(
    takeEach(
      () => account.take("console"),
      () => account.take("plug", "0", 2),
    ).length,
    2,
  );
  assert.is(account.taken, 3);
});

test("a few are nobody's, so that who comes can be heard before he is refused", () => {
  const { shortage } = bench(0);
  const account = new Account({
    name: "things",
    purposes: { console: "operator" },
    limit: () => 100,
    spare: spareOf,
    shortage,
  });
  assert.is(
    takeAll(() => account.take("console")),
    93,
  );
  assert.is(spareOf(20), 2);
});

test("guests leave something to clients, and both leave something to the operator", () => {
  const { account } = bench(1_000);
  for (let i = 0; i < 100; i++) takeAll(() => account.take("gateway", `10.0.2.${i}`));
  assert.ok(account.left("plug") >= 64, String(account.left("plug")));
  takeAll(() => account.take("plug", "0"));
  assert.is(account.left("console"), 64);
  assert.is(
    takeAll(() => account.take("console")),
    64,
  );
});

test("no guest has all that there is: alone it has a half, and each that comes finds something", () => {
  const { account } = bench(1_000);
  const first = takeAll(() => account.take("gateway", "first"));
  const second = takeAll(() => account.take("gateway", "second"));
  const third = takeAll(() => account.take("gateway", "third"));
  assert.is(first, (1_000 - 128) / 2);
  assert.ok(second >= first / 3 && third >= second / 3, `${first} ${second} ${third}`);
});

test("what is given back can be taken again, and is given back once", () => {
  const { account } = bench(40);
  const leases = Array.from({ length: 8 }, () => account.take("gateway", "guest"));
  assert.is(account.taken, 8);
  for (const lease of [...leases, ...leases]) lease.release();
  assert.is(account.taken, 0);
  assert.equal([...account.report()], ["things used=0 of=40 reserve=10", " gateway 0 refused=0"]);
});

test("the console says who has most, and how often something was refused", () => {
  const { account } = bench(400);
  account.take("gateway", "small");
  takeAll(() => account.take("gateway", "greedy"));
  const [, line = ""] = account.report();
  assert.match(line, /^ gateway \d+ refused=1 most=\d+ of greedy$/);
});

test("the log hears of what is refused at once, and then no more of it for a minute", () => {
  const { account, log } = bench(100);
  takeAll(() => account.take("plug", "7"));
  for (let i = 0; i < 1_000; i++) assert.throws(() => account.take("plug", "7"), /Too many open files/);
  assert.equal(log, ["things: plug of 7 refused: the last things are kept for those who manage this program"]);
});

test("descriptors are counted whoever opened them", () => {
  const count = new DescriptorCount(() => 0);
  const before = count.now();
  const opened = Array.from({ length: 50 }, () => openSync("/dev/null", "r"));
  const after = new DescriptorCount(() => 0).now();
  for (const fd of opened) closeSync(fd);
  assert.is(after - before, 50);
});

test("descriptors that were taken and are not open yet do not make the others look fewer", async () => {
  let taken = 0;
  const count = new DescriptorCount(() => taken);
  const before = count.now();
  taken = 20;
  await sleep(60); // what was counted is believed for 50 ms
  assert.is(count.now(), before + 20);
  const opened = Array.from({ length: 20 }, () => openSync("/dev/null", "r"));
  await sleep(60);
  assert.is(count.now(), before + 20);
  for (const fd of opened) closeSync(fd);
});

test("a UDP cable that cannot have its port keeps no descriptor", async () => {
  const holder = createSocket("udp4").bind(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address();
  const before = new DescriptorCount(() => 0).now();
  for (let i = 0; i < 10; i++) {
    const failed = connectedUdp({ host: "127.0.0.1", port }, { host: "127.0.0.1", port: 9 });
    assert.match(await failure(failed), /address already in use/);
  }
  assert.is(new DescriptorCount(() => 0).now(), before);
  holder.close();
});

function turns(options: { perOwner: number; inAll: number; waiting: number }) {
  const log: string[] = [];
  const shortage = new Shortage();
  shortage.tell((text) => void log.push(text));
  return { log, all: new Turns({ name: "works", ...options, shortage }) };
}

test("who asks for much waits for itself, and others have their turn meanwhile", async () => {
  const { all } = turns({ perOwner: 2, inAll: 3, waiting: 100 });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (owner: string) =>
    void all.run(owner, () => {
      begun.push(owner);
      return new Promise<void>((end) => {
        ends.push(end);
      });
    });
  for (let i = 0; i < 50; i++) work("greedy");
  work("modest");
  await turn();
  assert.equal(begun, ["greedy", "greedy", "modest"]);
  work("other");
  work("other");
  for (const end of ends.splice(0)) end();
  await turn();
  assert.is(begun.slice(3).filter((owner) => owner === "other").length >= 1, true, begun.join(" "));
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await turn();
  }
  assert.is(begun.length, 53);
  assert.equal([...all.report()], ["works used=0 of=3 each=2 refused=0"]);
});

/** Why it failed. */
const failure = (task: Promise<unknown>) => task.then(String, (error: Error) => error.message);

test("what fails gives its turn back, and what is too much is refused", async () => {
  const { all, log } = turns({ perOwner: 1, inAll: 1, waiting: 2 });
  const never = new Promise<void>(() => {});
  assert.is(await failure(all.run("a", () => Promise.reject(new Error("it failed")))), "it failed");
  void all.run("a", () => never);
  void all.run("a", () => never);
  void all.run("a", () => never);
  assert.match(await failure(all.run("a", () => never)), /a has 2 of them waiting/);
  assert.equal(log, ["works: one more refused: a has 2 of them waiting"]);
});

/** A resolver that answers what it knows, with the addresses of both families, and is silent on all else. */
async function resolver(known: Readonly<Record<string, readonly [number, readonly number[]]>>): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.on("message", (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (; query[at] !== 0; at += 1 + query[at]!) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
    const type = query.readUInt16BE(at + 1);
    const name = labels.join(".").toLowerCase();
    if (name.includes("silent")) return;
    const [wanted, data] = known[name] ?? [0, []];
    const answers =
      wanted === type ? [Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 9, 0, data.length, ...data])] : [];
    const head = Buffer.from(query.subarray(0, 12));
    head[2] = 0x81;
    head[3] = known[name] === undefined ? 0x83 : 0x80;
    head.writeUInt16BE(answers.length, 6);
    head.fill(0, 8, 12);
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...answers]), port, address);
  });
  return socket;
}

test("a name is looked up in the hosts file, then at the resolver, in any spelling", async () => {
  const folder = mkdtempSync(join(tmpdir(), "names-"));
  const hosts = join(folder, "hosts");
  writeFileSync(hosts, "192.0.2.9 Printer printer.lab # a comment\n\n# 192.0.2.10 gone\nnonsense line\n");
  const server = await resolver({
    "www.example": [1, [192, 0, 2, 1]],
    "six.example": [28, [0x20, 1, ...Array(13).fill(0), 5]],
  });
  const { lookup } = new Names({ hosts, servers: [`127.0.0.1:${server.address().port}`] });
  assert.equal(await lookup("PRINTER", "a"), ["192.0.2.9"]);
  assert.equal(await lookup("printer.lab.", "a"), ["192.0.2.9"]);
  assert.equal(await lookup("192.0.2.77", "a"), ["192.0.2.77"]);
  assert.equal(await lookup("WWW.example", "a"), ["192.0.2.1"]);
  assert.equal(await lookup("six.example.", "a"), ["2001::5"]);
  assert.equal(await lookup("gone.example", "a"), []);
  assert.ok((await lookup("any.localhost", "a")).includes("127.0.0.1"));
  for (const bad of ["", ".", "a b", `${"x".repeat(300)}`, "ü", "\0"]) assert.equal(await lookup(bad, "a"), []);
  writeFileSync(hosts, "192.0.2.10 printer\n192.0.2.11 localhost\n");
  assert.equal(await lookup("printer", "a"), ["192.0.2.10"]);
  assert.equal(await lookup("localhost", "a"), ["192.0.2.11"]);
  server.close();
  rmSync(folder, { recursive: true });
});

test("one who asks for hundreds of dead names holds up nobody else", async () => {
  const server = await resolver({ "www.example": [1, [192, 0, 2, 1]] });
  const { all } = turns({ perOwner: 4, inAll: 8, waiting: 500 });
  const { lookup } = new Names({ servers: [`127.0.0.1:${server.address().port}`], turns: all });
  const dead = Array.from({ length: 199 }, (_, i) => lookup(`silent-${i}.example.`, "greedy"));
  let isAnswered = false;
  void Promise.race(dead).then(() => {
    isAnswered = true;
  });
  assert.equal(await lookup("www.example", "other"), ["192.0.2.1"]);
  assert.ok((await lookup("localhost", "greedy")).length > 0);
  assert.is(isAnswered, false, "both came before the first of the dead names was given up");
  server.close(); // what was not asked yet is refused from now on
  await Promise.all(dead);
});

test("names that nobody waits for any more are not asked for", async () => {
  const server = await resolver({});
  const { lookup } = new Names({ servers: [`127.0.0.1:${server.address().port}`] });
  const gone = new AbortController();
  setMaxListeners(0, gone.signal);
  const answers = Array.from({ length: 100 }, (_, i) => lookup(`n${i}.silent.example.`, "a", gone.signal));
  gone.abort();
  assert.equal(new Set((await Promise.all(answers)).map((found) => found.length)), new Set([0]));
  assert.match([...lookups.report()][0]!, /^lookups used=0 /);
  server.close();
});

test.run();
