// Commands at the other end of a guest's connection: those that cannot run are a connection that fails, and nothing worse.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseExecution, parseRedirect } from "../../host/slirp/forward.js";
import { NodeBackend } from "../../host-node/gateway/backend.js";
import { until } from "../interop/wait.js";
import { Heard } from "./wisp-client.js";

const test = suite("gateway commands");

function started(command: string): Heard {
  return new Heard(new NodeBackend().connect({ command }));
}

test("one that is no name of a program cannot be asked for", () => {
  for (const text of ["7: ", "7:\t", "7:/bin/echo a\0b", "7:\0"]) {
    assert.throws(() => parseExecution(text), /COMMAND is wanted/, text);
    assert.throws(() => parseRedirect(text), /PATH is wanted/, text);
  }
});

test("one that is not there, or that nothing is left of, fails as a connection does", async () => {
  for (const command of ["/no/such/program", "''", '""']) assert.is(await started(command).fails(), "ENOENT", command);
});

test("a guest's words are input alone, and the end of them ends the command", async () => {
  const heard = started("/bin/cat");
  await heard.connects();
  heard.stream.write(Buffer.from("$(id); `id` | id\n"));
  heard.stream.end();
  await heard.ends();
  assert.is(heard.data.toString(), "$(id); `id` | id\n");
  heard.stream.destroy();
});

test("one that is given up ends, and makes room for another", async () => {
  for (let i = 0; i < 40; i++)
    await until("there is room", async () => {
      const stream = new NodeBackend().connect({ command: "/bin/sleep 1000" });
      const isRunning = await new Promise((resolve) => {
        stream.onconnect = () => resolve(true);
        stream.onerror = () => resolve(false);
      });
      stream.destroy();
      return isRunning;
    });
});

test.run();
