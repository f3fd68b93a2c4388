// Files that plugins write: which are refused, and what happens while the disk is slow, or full.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openAnew, openToAppend } from "../../host-node/plugins/own-file.js";
import { WriteBehind } from "../../host-node/plugins/write-behind.js";
import { inFolder } from "./plugins-bench.js";

const test = suite("plugins files");
const octets = (text: string) => new TextEncoder().encode(text);
const settle = () => new Promise((done) => setImmediate(done));

/** A file in memory that writes when it is told to, so many octets at once. */
function slowSink() {
  const waiting: (() => void)[] = [];
  const sink = {
    text: "",
    isClosed: false,
    mayWrite: Number.POSITIVE_INFINITY,
    failure: undefined as Error | undefined,
    async write(chunk: Uint8Array) {
      await new Promise<void>((done) => waiting.push(done));
      if (sink.failure) throw sink.failure;
      const part = chunk.subarray(0, sink.mayWrite);
      sink.text += new TextDecoder().decode(part);
      return part.length;
    },
    async close() {
      sink.isClosed = true;
    },
    async go() {
      await settle();
      for (const done of waiting.splice(0)) done();
      await settle();
    },
  };
  return sink;
}

test("a file is made for its owner, and an old one is written anew", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    const umask = process.umask(0o777);
    const fresh = openAnew(path);
    process.umask(umask);
    assert.is(statSync(path).mode & 0o777, 0o600);
    await fresh.write(octets("something long"));
    await fresh.close();
    const again = openAnew(path);
    await again.write(octets("short"));
    await again.close();
    assert.is(readFileSync(path, "utf8"), "short");
    const log = openToAppend(path);
    await log.write(octets(" and more"));
    await log.close();
    assert.is(readFileSync(path, "utf8"), "short and more");
  }));

test("links, pipes, devices and folders are refused, and are left as they are", () =>
  inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at("target"), "precious");
    symlinkSync(at("target"), at("link"));
    symlinkSync(at("nothing"), at("dangling"));
    mkdirSync(at("folder"));
    execFileSync("mkfifo", [at("pipe")]);
    const refused: Record<string, RegExp> = {
      [at("link")]: /^Too many levels of symbolic links: /,
      [at("dangling")]: /^Too many levels of symbolic links: /,
      [at("folder")]: /^Is a directory: /,
      [at("pipe")]: /^No such device or address: /,
      "/dev/null": /^Invalid argument: \/dev\/null is no regular file/,
      [at("none/file")]: /^No such file or directory: /,
      [at("x".repeat(300))]: /^Invalid argument: .*name too long/,
    };
    for (const [path, why] of Object.entries(refused))
      for (const open of [openAnew, openToAppend]) assert.throws(() => open(path), why);
    assert.is(readFileSync(at("target"), "utf8"), "precious");
    assert.not(existsSync(at("nothing")));
  }));

test("one capture at a time writes a file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    const first = openAnew(path);
    await first.write(octets("first"));
    assert.throws(() => openAnew(path), /^Device or resource busy: .* another capture writes it/);
    assert.is(readFileSync(path, "utf8"), "first");
    await first.close();
    await openAnew(path).close();
  }));

test("what is appended is written in order, in as many pieces as the disk likes", async () => {
  const sink = slowSink();
  const file = new WriteBehind(sink, { capacity: 100 });
  sink.mayWrite = 2;
  for (const word of ["one ", "two ", "three"]) assert.ok(file.append(octets(word)));
  const closed = file.close();
  for (let i = 0; i < 7; i++) await sink.go();
  await closed;
  assert.is(sink.text, "one two three");
  assert.ok(sink.isClosed);
  assert.is(file.failure, undefined);
});

test("what finds no room while the disk is slow is lost whole, and counted", async () => {
  const sink = slowSink();
  const file = new WriteBehind(sink, { capacity: 8 });
  assert.ok(file.append(octets("1234"), octets("5678")));
  await settle();
  assert.ok(file.append(octets("abcd")));
  assert.not(file.append(octets("ef"), octets("ghi")));
  assert.ok(file.append(octets("wxyz")));
  assert.not(file.append(octets("!")));
  assert.is(file.lost, 2);
  await sink.go();
  await sink.go();
  assert.ok(file.append(octets("late")));
  const closed = file.close();
  await sink.go();
  await closed;
  assert.is(sink.text, "12345678abcdwxyzlate");
});

test("with a threshold, small things wait for one another", async () => {
  const sink = slowSink();
  const file = new WriteBehind(sink, { capacity: 100 });
  file.threshold = 4;
  file.append(octets("abc"));
  await sink.go();
  assert.is(sink.text, "");
  file.append(octets("d"));
  await sink.go();
  assert.is(sink.text, "abcd");
  file.append(octets("e"));
  const flushed = file.flush();
  await sink.go();
  await flushed;
  assert.is(sink.text, "abcde");
});

test("a disk that fails is reported once, and nothing is written after it", async () => {
  const sink = slowSink();
  const told: unknown[] = [];
  const file = new WriteBehind(sink, { capacity: 100, onfailure: (error, whole) => told.push(error.message, whole) });
  file.append(octets("good"));
  await sink.go();
  sink.failure = new Error("full");
  file.append(octets("bad"));
  await sink.go();
  assert.equal(told, ["full", 4]);
  assert.not(file.append(octets("worse")));
  sink.failure = undefined;
  await file.close();
  assert.equal(told, ["full", 4]);
  assert.is(file.failure?.message, "full");
  assert.ok(sink.isClosed);
});

test("a disk that fills up in the middle of what is written keeps what is whole, and knows how much is not", async () => {
  const sink = slowSink();
  const told: unknown[] = [];
  const onfailure = (error: Error, whole: number, torn: number) => told.push(error.message, whole, torn);
  const file = new WriteBehind(sink, { capacity: 100, onfailure });
  file.append(octets("first "));
  for (const word of ["one ", "two ", "three "]) file.append(octets(word));
  sink.mayWrite = 15;
  await sink.go();
  sink.failure = new Error("full");
  file.append(octets("late "));
  await sink.go();
  assert.is(sink.text, "first one two t");
  assert.equal(told, ["full", 14, 1]);
  assert.equal([file.kept, file.lost], [3, 2]);
  await file.close();
});

test("a log that is broken off ends with its last whole line", () =>
  inFolder(async (folder) => {
    const path = join(folder, "log");
    writeFileSync(path, "old\n");
    const log = openToAppend(path);
    await log.write(octets("whole\nhal"));
    log.cut(3);
    log.cut(0);
    await log.close();
    assert.is(readFileSync(path, "utf8"), "old\nwhole\n");
  }));

test("a file may wait for another one to be closed", async () => {
  const [old, next] = [slowSink(), slowSink()];
  const first = new WriteBehind(old, { capacity: 100 });
  first.append(octets("last line"));
  const second = new WriteBehind(next, { capacity: 100, after: first.close() });
  second.append(octets("first line"));
  await next.go();
  assert.is(next.text, "");
  await old.go();
  await next.go();
  assert.equal([old.text, next.text, old.isClosed], ["last line", "first line", true]);
  await second.close();
});

test.run();
