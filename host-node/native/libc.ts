// The C library, and how its failures become errors. Addresses are plain numbers: below 2^53 on every 64-bit Linux.

import { getSystemErrorMap } from "node:util";
import koffi from "koffi";

const library = koffi.load(null);

/** A C function by its prototype. Pointers are `int64_t` where an address is passed, `void *` where a buffer is. */
export function bind<Arguments extends readonly (number | string | Uint8Array | null)[]>(
  prototype: string,
): (...args: Arguments) => number {
  return library.func(prototype) as (...args: Arguments) => number;
}

/**
 * A C function that runs on a thread of Node's pool, so that it may wait. The last argument gets the result.
 */
export function bindAsync<Arguments extends readonly (number | string | Uint8Array | null)[]>(
  prototype: string,
): (...args: [...Arguments, (failure: unknown, result: number) => void]) => void {
  return library.func(prototype).async as (...args: unknown[]) => void;
}

/** `errno` of the last call that failed on this thread. */
export function errno(): number {
  return koffi.errno();
}

/** A system call that failed: `code` is its errno by name ("EACCES"), `errno` the number, positive. */
export class SystemCallError extends Error {
  readonly errno: number;
  readonly code: string;
  readonly syscall: string;

  constructor(syscall: string, number: number, about = "") {
    const [code, text] = getSystemErrorMap().get(-number) ?? [`E${number}`, `error ${number}`];
    super(`${about === "" ? syscall : about}: ${text}`);
    this.name = "SystemCallError";
    this.errno = number;
    this.code = code;
    this.syscall = syscall;
  }
}

/** The result of a system call, or a `SystemCallError` where it is negative. `about` says what was tried on what. */
export function check(result: number, syscall: string, about = ""): number {
  if (result < 0) throw new SystemCallError(syscall, errno(), about);
  return result;
}

/** Where the octets of `buffer` are in this process. The buffer must not move: wasm memory, or one kept referenced. */
export function addressOf(buffer: ArrayBufferLike): number {
  return Number(koffi.address(new Uint8Array(buffer)));
}

const cStrerror = library.func("const char *strerror(int number)") as (number: number) => string;

/** What the C library says of an errno: "No such file or directory". */
export function strerror(number: number): string {
  return cStrerror(Math.abs(number));
}

/** A C string: the text in UTF-8 and a zero octet. */
export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

const cFcntl = bind<[number, number, number]>("int fcntl(int fd, int command, int argument)");
const F_DUPFD_CLOEXEC = 1030;

/** Another descriptor of the same open file, closed on exec. */
export function duplicate(fd: number): number {
  return check(cFcntl(fd, F_DUPFD_CLOEXEC, 0), "fcntl");
}

const cClose = bind<[number]>("int close(int fd)");

/** close(2). A descriptor that is closed already is a bug, and throws. */
export function close(fd: number): void {
  check(cClose(fd), "close");
}
