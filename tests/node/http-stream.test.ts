// What a gateway of a page makes of a guest's HTTP, with Node's `fetch` in place of a browser's: that has no CORS, and all else.

import { createHash, randomBytes } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { standsStill, until } from "../interop/wait.js";
import { bench, unchunked } from "./http-bench.js";

const test = suite("http by fetch");

test(
  "requests on one connection are answered one after the other, and all of a body comes",
  inLab(async (lab) => {
    const file = randomBytes(300_000);
    const { open, asked } = await bench(lab, (request, response) =>
      response.end(request.url === "/file" ? file : `${request.method} ${request.url}`),
    );
    const guest = open();
    await guest.connects();
    guest.say("GET /file HTTP/1.1\r\nHost: a.example\r\n\r\nGET /b?c=d HTTP/1.1\r\nhost: b.example:8080\r\n");
    guest.say("Connection: close\r\n\r\n");
    await guest.ends();
    const [first = "", second = ""] = split(guest.text());
    assert.is(md5(unchunked(first)), md5(file.toString("latin1")));
    assert.is(unchunked(second), "GET /b?c=d");
    assert.match(second, /^connection: close\r$/m);
    assert.equal(asked, ["http://a.example/file", "http://b.example/b?c=d"]);
  }),
);

function split(text: string): string[] {
  const at = text.lastIndexOf("HTTP/1.1 200");
  return [text.slice(0, at), text.slice(at)];
}

function md5(text: string): string {
  return createHash("md5").update(text, "latin1").digest("hex");
}

test(
  "HTTP/1.0 gets a body to the end of the connection, and HEAD gets none",
  inLab(async (lab) => {
    const { open, asked } = await bench(lab, (request, response) => response.end(`body of ${request.method}`));
    const old = open();
    old.say("GET / HTTP/1.0\r\n\r\n");
    await old.ends();
    assert.match(old.text(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nbody of GET$/);
    const head = open();
    head.say("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await head.ends();
    assert.match(head.text(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
    assert.equal(asked, ["http://meant.example/", "http://x/"]);
  }),
);

test(
  "bodies go by their length and in chunks, and what is about the guest's connection does not go on",
  inLab(async (lab) => {
    const { open } = await bench(lab, async (request, response) => {
      const hash = createHash("md5");
      for await (const octets of request) hash.update(octets as Buffer);
      const { "user-agent": agent, "x-own": own, secret, "proxy-authorization": proxy } = request.headers;
      response.end(JSON.stringify([request.method, hash.digest("hex"), agent === "guest", own, secret, proxy]));
    });
    const body = randomBytes(200_000).toString("latin1");
    const guest = open();
    const headers =
      "Host: x\r\nUser-Agent: guest\r\nX-Own: yes\r\nSecret: s\r\nConnection: keep-alive, secret\r\nProxy-Authorization: p\r\n";
    guest.say(`POST / HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`);
    assert.is(guest.text(), "HTTP/1.1 100 Continue\r\n\r\n");
    for (let at = 0; at < body.length; at += 1_000) guest.say(body.slice(at, at + 1_000));
    await until("an answer", () => guest.text().endsWith("\r\n0\r\n\r\n"));
    assert.equal(JSON.parse(unchunked(guest.text().slice(25))), ["POST", md5(body), false, "yes", null, null]);
    const chunked = open();
    chunked.say("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    const pieces = `5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nTrailer: t\r\n\r\n`;
    for (const letter of pieces) chunked.say(letter); // cut everywhere
    await chunked.ends();
    assert.equal(JSON.parse(unchunked(chunked.text())).slice(0, 2), ["PUT", md5("hello world")]);
  }),
);

test(
  "what a page cannot fetch is a 502 that says what to do",
  inLab(async (lab) => {
    const { open } = await bench(lab, (request) => request.socket.destroy());
    const guest = open();
    guest.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until("the answer", () => guest.text().endsWith("\r\n0\r\n\r\n"));
    assert.match(guest.text(), /^HTTP\/1\.1 502 Bad Gateway\r\n/);
    assert.match(unchunked(guest.text()), /could not fetch http:\/\/127\.0\.0\.1:\d+\/\.\n[\s\S]*CORS[\s\S]*Wisp/);
    assert.is(guest.isEnded, false); // there may be another request
  }),
);

test(
  "hosts that guests may not reach are forbidden, however they are written",
  inLab(async (lab) => {
    const { open, asked } = await bench(lab, (_request, response) => response.end());
    const hosts = ["localhost", "a.localhost", "LOCALHOST.", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]"];
    for (const host of [...hosts, "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.2.2", "0.0.0.0", "[fe80::1]"]) {
      const guest = open();
      guest.say(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      await guest.ends();
      assert.match(guest.text(), /^HTTP\/1\.1 403 /, host);
      const absolute = open();
      absolute.say(`GET http://${host}/ HTTP/1.1\r\nHost: fine.example\r\nConnection: close\r\n\r\n`);
      await absolute.ends();
      assert.match(absolute.text(), /^HTTP\/1\.1 403 /, host);
    }
    assert.equal(asked, []);
  }),
);

for (const [what, text, status] of [
  ["garbage", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400],
  ["another version", "GET / HTTP/2.0\r\n\r\n", 400],
  ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
  ["a length and chunks", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
  ["a length that is none", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400],
  ["a coding that is none", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501],
  ["a header that is none", "GET / HTTP/1.1\r\nno header\r\n\r\n", 400],
  ["a folded header", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400],
  ["a head without end", `GET / HTTP/1.1\r\nA: ${"b".repeat(40_000)}`, 431],
  ["a chunk without size", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400],
  ["a chunk too long", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 400],
] as const) {
  test(
    `${what} is answered by ${status}, and ends the connection`,
    inLab(async (lab) => {
      const { open, asked } = await bench(lab, (_request, response) => response.end());
      const guest = open();
      guest.say(text);
      await guest.ends();
      assert.match(guest.text(), new RegExp(`^HTTP/1\\.1 ${status} `));
      guest.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assert.equal(asked, []);
    }),
  );
}

for (const [what, line, host, status] of [
  ["a method that pages may not send", "TRACE / HTTP/1.1", "x", 501],
  ["no path", "OPTIONS * HTTP/1.1", "x", 400],
  ["a host with a user", "GET / HTTP/1.1", "user@x", 400],
  ["a host that is none", "GET / HTTP/1.1", "a b", 400],
] as const) {
  test(
    `${what} is answered by ${status}, and the connection goes on`,
    inLab(async (lab) => {
      const { open } = await bench(lab, (_request, response) => response.end("fine"));
      const guest = open();
      guest.say(`${line}\r\nHost: ${host}\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await guest.ends();
      assert.match(guest.text(), new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*fine`));
    }),
  );
}

test(
  "a guest that does not read makes the server wait",
  inLab(async (lab) => {
    let written = 0;
    const chunk = Buffer.alloc(1 << 16);
    const { open } = await bench(lab, (_request, response) => {
      const pour = () => {
        while (written < 1 << 28) {
          written += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on("drain", pour);
      pour();
    });
    const guest = open();
    guest.stream.pause();
    guest.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const before = await standsStill("the server waits", () => written);
    assert.ok(written < 1 << 26, `${written}`);
    assert.ok(guest.octets < 1 << 16, `${guest.octets}`);
    guest.stream.resume();
    await until("it goes on", () => written > before);
  }),
);

test(
  "bodies have an end to the room that they may take",
  inLab(async (lab) => {
    const { open, asked } = await bench(lab, (_request, response) => response.end("fine"));
    const guest = open();
    const size = 40 << 20;
    guest.say(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`);
    const piece = "a".repeat(1 << 20);
    for (let at = 0; at < size; at += piece.length) guest.say(piece);
    await until("the answer", () => guest.text().endsWith("\r\n0\r\n\r\n"));
    assert.match(guest.text(), /^HTTP\/1\.1 413 /);
    assert.equal(asked, []);
    guest.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\na");
    await guest.ends();
    assert.match(guest.text(), /HTTP\/1\.1 200 OK[\s\S]*fine/);
  }),
);

test(
  "the room for bodies is one for all guests, and is taken until a server has answered",
  inLab(async (lab) => {
    const answers: (() => void)[] = [];
    const { open } = await bench(lab, (request, response) => {
      answers.push(() => response.end("late"));
      request.resume();
    });
    const head = (size: number) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`;
    const size = 20 << 20;
    const post = () => {
      const guest = open();
      guest.say(head(size));
      for (let at = 0; at < size; at += 1 << 20) guest.say("a".repeat(1 << 20));
      return guest;
    };
    const first = post();
    await until("the server has it", () => answers.length === 1);
    const second = post();
    await second.ends();
    assert.match(second.text(), /^HTTP\/1\.1 413 /);
    answers[0]!();
    await first.ends();
    assert.match(first.text(), /late/);
    post();
    await until("there is room again", () => answers.length === 2);
  }),
);

test(
  "a guest that ends its half still gets the answer, and one that goes away is forgotten",
  inLab(async (lab) => {
    let gone = 0;
    const { open } = await bench(lab, (request, response) => {
      response.on("close", () => {
        if (!response.writableFinished) gone++;
      });
      if (request.url === "/") setTimeout(() => response.end("late"), 50);
    });
    const guest = open();
    guest.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    guest.stream.end();
    await guest.ends();
    assert.is(unchunked(guest.text()), "late");
    const leaver = open();
    leaver.say("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((done) => setTimeout(done, 100));
    leaver.stream.destroy();
    await until("the server sees it", () => gone === 1);
    assert.is(leaver.error, undefined);
  }),
);

test.run();
