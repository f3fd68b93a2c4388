// Guests and servers that want more of a page's `fetch` than they may have.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { bench } from "./http-bench.js";

const test = suite("http by fetch, hostile");

test(
  "what is behind a redirection to this machine is not shown, and one within a host is followed",
  inLab(async (lab) => {
    const {
      open,
      port: at,
      asked,
    } = await bench(lab, ({ url }, response) => {
      if (url === "/out") response.writeHead(302, { location: `http://localhost:${at}/secret` }).end();
      else if (url === "/on") response.writeHead(302, { location: "/page" }).end();
      else response.end(`this is ${url}`);
    });
    const guest = open();
    guest.say("GET /out HTTP/1.1\r\nHost: x\r\n\r\nGET /on HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await guest.ends();
    assert.match(guest.text(), /^HTTP\/1\.1 403 [\s\S]*this is \/page/);
    assert.not.match(guest.text(), /secret/);
    assert.is(asked.length, 2);
  }),
);

test(
  "a guest that asks and does not read gathers no more than one answer",
  inLab(async (lab) => {
    const { open } = await bench(lab, (_request, response) => response.end("fine"));
    const guest = open();
    guest.stream.pause();
    guest.say("TRACE / HTTP/1.1\r\n\r\n".repeat(1_000));
    await until("the first answer", () => guest.octets > 0);
    await new Promise((done) => setTimeout(done, 50));
    assert.is(guest.text().split("HTTP/1.1 501 ").length, 2);
    assert.ok(guest.stream.queued > 19_000, "it is made to wait");
    guest.stream.resume();
    await until("all are answered", () => guest.text().split("HTTP/1.1 501 ").length === 1_001);
  }),
);

test.run();
