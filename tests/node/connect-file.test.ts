// Connecting to a server that has not got round to taking those who wait.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SwitchError } from "../../host/errors.js";
import { close } from "../../host-node/native/libc.js";
import { accept, SOCK_STREAM, unixSocket } from "../../host-node/native/socket.js";
import { listenFile } from "../../host-node/servers/socket-file.js";
import { connectFile } from "../../host-node/transports/connect-file.js";
import { inLab } from "../interop/lab.js";

const test = suite("connecting to a busy server");

/** A server that takes nobody by itself, and in whose queue there is room for one. */
const withFull = (work: (path: string, take: () => void) => Promise<void>) =>
  inLab(async (lab) => {
    const fd = unixSocket(SOCK_STREAM);
    lab.later(() => close(fd));
    const path = lab.path("ctl");
    listenFile(fd, path, { mode: 0o600 }, 0);
    const first = await connectFile(path);
    lab.later(() => void first.destroy());
    await work(path, () => close(accept(fd)));
  });

test(
  "who finds the queue full waits for a place, as VDE's plugs do",
  withFull(async (path, take) => {
    const second = connectFile(path);
    setTimeout(take, 100);
    (await second).destroy();
  }),
);

test(
  "a server that takes nobody is said to be stopped or busy",
  withFull(async (path) => {
    const failure = await connectFile(path, 50).catch((error: unknown) => error);
    assert.instance(failure, SwitchError);
    assert.match((failure as SwitchError).message, "ctl: who serves it is stopped, or too many wait for it");
  }),
);

test.run();
