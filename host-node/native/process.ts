// What Node cannot do with its own process: a group of its own, and becoming another program.

import { addressOf, bind, check, cString } from "./libc.js";

const SIG_DFL = 0;
const SIG_IGN = 1;
const SIGNAL_COUNT = 31;

const cSetpgid = bind<[number, number]>("int setpgid(int pid, int group)");
const cExit = bind<[number]>("void _exit(int code)");
const cDup2 = bind<[number, number]>("int dup2(int from, int to)");
const cExecvp = bind<[Uint8Array, Uint8Array]>("int execvp(void *program, void *words)");
const cSignal = bind<[number, number]>("int64_t signal(int number, int64_t action)");
const cMemcpy = bind<[number, Uint8Array, number]>("int64_t memcpy(int64_t to, void *from, uint64_t size)");

/** Writes over this process's own memory at an address that is known to be its own and writable. */
export function overwrite(address: number, octets: Uint8Array): void {
  cMemcpy(address, octets, octets.length);
}

/** Ends this process, whatever its threads do. Nothing that Node has to write is written any more. */
export function exitAtOnce(code: number): void {
  cExit(code);
}

/** Ignores a signal that Node cannot be told to ignore: a handler would have interrupted reads begin again. */
export function ignoreSignal(number: number): void {
  cSignal(number, SIG_IGN);
}

/** Makes this process the first of a new group. False where it leads a session already: its group is its own then. */
export function leadGroup(): boolean {
  return cSetpgid(0, 0) === 0;
}

/** Gives descriptors other numbers, which live on in another program. `sources` may overlap with the numbers they get. */
export function arrange(sources: ReadonlyMap<number, number>): void {
  for (const [fd, source] of sources) {
    if ([...sources.keys()].includes(source) && source !== fd)
      throw new RangeError(`descriptor ${source} is wanted twice`);
    check(cDup2(source, fd), "dup2");
  }
}

/** Becomes another program, found as a shell finds it. Returns only where that fails. */
export function become(words: readonly string[]): number {
  const strings = words.map((word) => cString(word));
  const kept = strings.map((octets) => new Uint8Array(octets).buffer);
  const pointers = BigUint64Array.from([...kept.map((buffer) => BigInt(addressOf(buffer))), 0n]);
  for (let number = 1; number <= SIGNAL_COUNT; number++) cSignal(number, SIG_DFL);
  cExecvp(cString(words[0] ?? ""), new Uint8Array(pointers.buffer));
  return kept.length;
}
