// Limits of programs in pages: they are guests of the gateway, whose connections, rate and questions are as those of others.

import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { GATEWAY, header, listening, open } from "./wisp-program.js";

const test = suite("wisp limits");

test(
  "streams count as a guest's connections, and no more of them open than it may have",
  inLab(async (lab) => {
    const port = await listening(lab, createServer());
    const program = await open(lab, "", { flowsPerGuest: 2 });
    for (let stream = 1; stream <= 3; stream++) program.connect(stream, GATEWAY, port);
    assert.is(await program.ends(3), 0x49, "throttled");
    program.ws.send(Buffer.concat([header(4, 1), Buffer.from([2])]));
    program.connect(4, GATEWAY, port);
    program.connect(5, GATEWAY, port);
    assert.is(await program.ends(5), 0x49);
    assert.equal(program.of(4, 4), []);
  }),
);

test(
  "streams have a guest's rate, in each direction, and lose nothing by it",
  inLab(async (lab) => {
    const size = 200_000;
    const heard: Buffer[] = [];
    const port = await listening(
      lab,
      createServer((socket) => {
        socket.on("data", (octets) => heard.push(octets));
        socket.write(Buffer.alloc(size, 7));
      }),
    );
    const program = await open(lab, "", { ratePerGuest: 200_000, burstPerGuest: 16_384 });
    const began = performance.now();
    program.connect(1, GATEWAY, port);
    for (let at = 0; at < size; at += 20_000) program.write(1, Buffer.alloc(20_000, 8));
    await until("all is there", () => program.heard(1).length === size || undefined);
    await until("all is there", () => Buffer.concat(heard).length === size || undefined);
    assert.ok(performance.now() - began > 500, "it would be there at once without a rate");
  }),
);

test(
  "what a program says to the resolver is a question, or is answered for it",
  inLab(async (lab) => {
    const program = await open(lab, "/restricted");
    const update = Buffer.from("abcd28000001000000000000046e616d65076578616d706c650000060001", "hex");
    program.connect(1, "10.0.2.3", 53, 2);
    program.write(1, update);
    program.connect(2, "10.0.2.3", 53, 1);
    program.write(2, Buffer.concat([Buffer.from([0, update.length]), update]));
    const codes = await until("both are answered", () => {
      const answers = [program.heard(1), program.heard(2).subarray(2)];
      return answers.every((each) => each.length > 3) ? answers.map((each) => each[3]! & 15) : undefined;
    });
    assert.equal(codes, [4, 4]);
  }),
);

test.run();
