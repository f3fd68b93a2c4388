// The script that --rcfile names: a file, a pipe or a device.

import { Failure, type Run } from "../cli/tool.js";
import { readNamedFile } from "../named-file.js";
import { reason } from "../reason.js";
import { requireTrusted } from "../trusted-file.js";

export async function readRcFile(path: string, run: Run): Promise<string> {
  try {
    return await readNamedFile(path, { stop: run.stop, log: (text) => run.log(text), require: requireTrusted });
  } catch (error) {
    if (error === run.stop.reason) throw error;
    throw new Failure(`--rcfile: ${reason(error, path)}`);
  }
}
