// The parts of a cable, each against something simpler: the two ciphers, the window, the socket, names of servers.

import { PassThrough } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Batch } from "../../host-node/cable/batch.js";
import { cipherFor } from "../../host-node/crypt/cipher.js";
import { relayHandover } from "../../host-node/crypt/handover.js";
import { KEY_SIZE, SUITES, TAG_SIZE } from "../../host-node/crypt/primitives.js";
import { readRemote } from "../../host-node/crypt/remote.js";
import { Train } from "../../host-node/crypt/train.js";
import { UdpSocket } from "../../host-node/crypt/udp.js";
import { ReplayWindow } from "../../host-node/crypt/window.js";
import { hasNativeAead } from "../../host-node/native/aead.js";
import { addressText } from "../../host-node/native/inet.js";
import { until } from "../interop/wait.js";
import { random as seeded } from "../random.js";
import { frame } from "./ends.js";

const test = suite("parts of a cable");

test("this Node shows OpenSSL's functions, so that both ciphers are tried here", () => assert.ok(hasNativeAead()));

for (const name of SUITES.values()) {
  test(`${name}: OpenSSL and node:crypto seal alike, open each other's, and nothing that was changed`, () => {
    const key = new Uint8Array(KEY_SIZE).fill(9);
    const [native, node] = [true, false].map((isNative) => cipherFor(name, key, true, isNative)) as [Cipher, Cipher];
    const openers = [true, false].map((isNative) => cipherFor(name, key, false, isNative));
    for (const [counter, size] of [
      [0, 0],
      [1, 1],
      [255, 64],
      [65_536, 1_440],
      [0xfffffffe, 8_942],
    ] as const) {
      const [left, right, out] = [new Batch(9_000), new Batch(9_000), new Batch(9_000)];
      for (const memory of [left, right]) memory.octets.set(frame(3, size).subarray(0, size), 5);
      native.seal(left, 5, size, counter);
      node.seal(right, 5, size, counter);
      assert.equal(left.octets, right.octets);
      for (const opener of openers) {
        assert.ok(opener.open(left, 5, size + TAG_SIZE, out, 7, counter));
        assert.equal(out.octets.subarray(7, 7 + size), frame(3, size));
        assert.not.ok(opener.open(left, 5, size + TAG_SIZE, out, 7, counter + 1));
        left.octets[5 + size]! ^= 1;
        assert.not.ok(opener.open(left, 5, size + TAG_SIZE, out, 7, counter));
        left.octets[5 + size]! ^= 1;
      }
    }
    for (const cipher of [native, node, ...openers]) cipher.close();
  });
}
type Cipher = ReturnType<typeof cipherFor>;

test("the window says the same as a list of all that was taken", () => {
  const random = seeded(2);
  const window = new ReplayWindow();
  const taken = new Set<number>();
  let newest = -1;
  for (let i = 0; i < 50_000; i++) {
    const jump = random.below(500) === 0 ? random.below(20_000) : random.below(40);
    const counter = Math.max(0, newest + jump - random.below(random.below(10) === 0 ? 9_000 : 60));
    const isNew = counter > newest - 8_160 && !taken.has(counter);
    assert.is(window.isNew(counter), isNew, `${counter}, the newest ${newest}`);
    if (!isNew) continue;
    window.take(counter);
    taken.add(counter);
    newest = Math.max(newest, counter);
    assert.is(window.newest, newest);
  }
});

for (const [title, isPlain] of [
  ["trains cut and joined by the kernel", false],
  ["datagrams one by one", true],
] as const) {
  test(`a socket sends and receives ${title}: each as it was, and from whom`, async () => {
    const [one, two] = [new UdpSocket(0, isPlain), new UdpSocket(0, isPlain)];
    try {
      const train = new Train();
      const cipher = cipherFor("aes-256-gcm", new Uint8Array(KEY_SIZE), true);
      const batch = new Batch(1 << 20);
      for (let i = 0; i < 40; i++) {
        batch.octets.set(frame(i, 1_514), i * 1_514);
        batch.add(i * 1_514, 1_514);
      }
      assert.ok(train.fill(batch, 1_472, { cipher, receiver: 1, counter: 0 }));
      assert.ok(one.send(train, one.address("127.0.0.1", two.port)));
      const got: Buffer[] = [];
      await until("all of a train", () => {
        while (two.hasMore || two.receive())
          while (two.next()) {
            got.push(Buffer.from(two.octets.subarray(two.at, two.at + two.size)));
            assert.is(addressText(two.sender), `127.0.0.1:${one.port}`);
          }
        return got.length === Math.ceil(train.length / train.size);
      });
      assert.equal(Buffer.concat(got), Buffer.from(train.octets.subarray(0, train.length)));
      two.sendTo(Uint8Array.of(1, 2, 3), two.address("127.0.0.1", one.port));
      await until("a datagram", () => one.receive() && one.next());
      assert.equal(one.octets.slice(one.at, one.at + one.size), Uint8Array.of(1, 2, 3));
      cipher.close();
    } finally {
      one.close();
      two.close();
    }
  });
}

test("a handover that waits for a client is called off at once", async () => {
  const stop = new AbortController();
  const asked = new PassThrough();
  const waiting = relayHandover(1, asked, stop.signal);
  stop.abort();
  assert.is(await waiting.catch((error) => error), stop.signal.reason);
  asked.destroy();
});

test("the names of servers: users, ports, IPv6; and nothing that ssh could take for an option", () => {
  assert.equal(readRemote("host"), { login: "host", host: "host", port: undefined });
  assert.equal(readRemote("u@host:12000"), { login: "u@host", host: "host", port: 12_000 });
  assert.equal(readRemote("u@[::1]:7"), { login: "u@::1", host: "::1", port: 7 });
  for (const text of ["", "a@b@c", "h:1:2", "h:1@u", "h:0", "h:65536", "-oProxyCommand=x", "-x@h", "u@-h", "a b", "h:"])
    assert.is(readRemote(text), undefined, text);
});

test("the names of servers hold nothing that a shell would run where ssh hands them to one", () => {
  for (const text of ["$(reboot)", "`reboot`", "a;b", "a|b", "a&b", "a>b", "a'b", 'a"b', "a\\b", "{a}"])
    assert.is(readRemote(text), undefined, text);
  for (const text of ["`reboot`@h", "a;b@h", "a|b@h", "(a)@h"]) assert.is(readRemote(text), undefined, text);
  assert.equal(readRemote("LAB\\u@host_1.example")?.login, "LAB\\u@host_1.example");
  assert.is(readRemote("u@[fe80::1%eth0]")?.host, "fe80::1%eth0");
});

test.run();
