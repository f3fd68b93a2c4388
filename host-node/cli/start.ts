// Starts a tool from its words: reads them, answers --help and --version, goes to the background, and runs.

import { basename } from "node:path";
import { withoutSecrets } from "../../host/masking.js";
import { VDE_VERSION, VERSION } from "../version.js";
import { endWithReader } from "./broken-pipe.js";
import { isBackground, launch } from "./daemon.js";
import type { Ending } from "./ending.js";
import { help } from "./help.js";
import { readOptions, UsageError, type Values } from "./options.js";
import { type COMMON_OPTIONS, optionsOf, type SERVICE_OPTIONS, type Tool } from "./tool.js";

type Always = Values<typeof COMMON_OPTIONS> & Partial<Values<typeof SERVICE_OPTIONS>>;

/** VDE's own programs end with 1 where they were misused; ours with 2, as shells do. */
const misused = ({ aka, misuse = 1 }: Tool, program: string) => (aka.includes(program) ? misuse : 2);

/** Runs a tool under a name. Returns how the process shall end. */
export async function startTool(tool: Tool, program: string, words: readonly string[]): Promise<Ending> {
  const say = (text: string) => void print(program, `${program}: ${withoutSecrets(text)}\n`, process.stderr);
  try {
    const { values, operands } = readOptions(optionsOf(tool), words, tool.stopsAt);
    const { help: wantsHelp, version, daemon, pidfile } = values as unknown as Always;
    if (wantsHelp) return await print(program, help(tool, program));
    if (version) return await print(program, `VDE ${VDE_VERSION} (Etherloom ${VERSION})\nMIT licence, no warranty.\n`);
    if (tool.operands === "" && operands.length > 0) {
      throw new UsageError(`${operands[0]}: options only, no other words (--help lists them)`);
    }
    tool.check?.(values, operands);
    const doubt = pidfile === undefined || isBackground ? undefined : doubtOf(pidfile, words, tool);
    if (doubt !== undefined) say(doubt);
    if (daemon && !isBackground) return await launch(say);
    const { runService } = await import("./service.js");
    const { isFilter = false } = tool;
    return await runService(program, { pidfile, isFilter }, (run) => tool.run(values, operands, run));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(error.message);
    return misused(tool, program);
  }
}

/**
 * Older tools had a port, or a number of ports, where today's have a pidfile. Who typed a number, and no path as ./30, meant
 * that, most likely.
 */
function doubtOf(pidfile: string, words: readonly string[], tool: Tool): string | undefined {
  const name = basename(pidfile);
  if (!/^\d+$/.test(name) || words.some((word) => word.endsWith(`/${name}`))) return undefined;
  const meant = ["port", "numports"].find((option) => option in tool.options);
  const hint =
    meant === undefined
      ? ""
      : `; a port is --${meant} ${name}`.replace("a port is --numports", "the number of ports is --numports");
  return `warning: --pidfile ${name}: the process id goes to a file of that name${hint}`;
}

/** Resolves to the exit code once all is written. Where standard output cannot be written, that ends the process. */
function print(program: string, text: string, stream: NodeJS.WriteStream = process.stdout): Promise<number> {
  endWithReader(program);
  return new Promise((done) =>
    stream.write(text, (error) => {
      if (!error) done(0);
    }),
  );
}
