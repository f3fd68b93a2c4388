// A port of a VDE switch, from the plug's side: a request on DIR/ctl, and a datagram socket. The control connection says
// nothing more; its end is the end of the plug.

import { unlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { type PlugReply, readName, readReply, writeRequest } from "../../host/vde/request.js";
import { parseVdeUrl, type VdeUrl } from "../../host/vde/url.js";
import { DatagramSide } from "../cable/datagrams.js";
import type { Side } from "../cable/side.js";
import { userName } from "../native/accounts.js";
import { close, SystemCallError } from "../native/libc.js";
import { sockaddrUn } from "../native/socket.js";
import { bindPlug } from "./bind-plug.js";
import { answerOf, connectControl } from "./control.js";
import type { PlugOptions } from "./open.js";
import { connectData } from "./trust.js";

/** Where switches are that nobody named. */
const USUAL = ["/var/run/vde.ctl", "/tmp/vde.ctl"];
const DESCRIPTION_MAX = 127;

/** Plugs into a switch. ETIMEDOUT where it does not answer, ECONNREFUSED where it hangs up. */
export async function openVde(rest: string, options: PlugOptions): Promise<Side> {
  const url = { ...asked(options), ...parseVdeUrl(rest) };
  const dirs = url.dir === "" ? USUAL : [url.dir];
  for (const [i, dir] of dirs.entries()) {
    try {
      return await plugInto(dir, url, options);
    } catch (error) {
      if (i === dirs.length - 1 || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new SystemCallError("connect", 2);
}

/** What the command line asks for, where the URL says nothing else. */
function asked({ port, group, mode }: PlugOptions): Omit<VdeUrl, "dir"> {
  return {
    ...(port !== undefined && { port }),
    ...(group !== undefined && { group }),
    ...(mode !== undefined && { mode }),
  };
}

async function plugInto(dir: string, url: VdeUrl, { description, heads = false, wish }: PlugOptions): Promise<Side> {
  const name = url.portGroup ?? (url.port === undefined ? undefined : String(url.port));
  const { socket: control, server } = await connectControl(dir, name);
  try {
    const own = bindPlug(dir, url);
    try {
      const text = described(description);
      const address = sockaddrUn(own.path);
      control.write(writeRequest({ port: url.port, wish, address, description: text, heads, wantsReason: true }));
      const reply = await answerOf(control, (octets) => readReply(octets));
      connectData(own.fd, reply.address, server);
      return sideOf(dir, own.fd, control, reply);
    } catch (error) {
      close(own.fd);
      throw error;
    } finally {
      unlinkSync(own.path);
    }
  } catch (error) {
    control.destroy();
    throw error;
  }
}

function sideOf(dir: string, fd: number, control: Socket, { address, heads }: PlugReply): Side {
  const onclose = () => {
    control.destroy();
    close(fd);
  };
  const side = new DatagramSide({ name: `vde ${dir}`, fd, onclose, heads, port: portIn(address) });
  control.removeAllListeners();
  control.on("error", () => {}); // "close" comes after it
  control.on("end", () => side.end()); // a millisecond and more before "close", in which frames go nowhere
  control.on("close", () => side.end());
  control.resume();
  return side;
}

/** Every VDE switch calls its data sockets by their ports: DIR/003.17. */
function portIn(address: Uint8Array): number | undefined {
  const [, port] = /\/(\d{3,})\.\d+$/.exec(new TextDecoder().decode(readName(address).path)) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** "vdeplug: user=renzo pid=17 SSH=10.0.0.1", no longer than VDE's own. */
function described(text: string): Uint8Array {
  const ssh = process.env["SSH_CLIENT"]?.split(" ")[0];
  const all = `${text} user=${userName(process.geteuid?.() ?? 0)} pid=${process.pid}${ssh ? ` SSH=${ssh}` : ""}`;
  return Buffer.from(all).subarray(0, DESCRIPTION_MAX);
}
