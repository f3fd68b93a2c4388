// What can go wrong in a way that a person can mend, by the names and numbers that Linux gives it. A console prints the
// number and the text; see docs/reference/errors.md.

export const ERRORS = {
  EPERM: [1, "Operation not permitted"],
  ENOENT: [2, "No such file or directory"],
  EIO: [5, "Input/output error"],
  ENXIO: [6, "No such device or address"],
  EBADF: [9, "Bad file descriptor"],
  EAGAIN: [11, "Resource temporarily unavailable"],
  ENOMEM: [12, "Cannot allocate memory"],
  EACCES: [13, "Permission denied"],
  EBUSY: [16, "Device or resource busy"],
  EEXIST: [17, "File exists"],
  ENODEV: [19, "No such device"],
  EISDIR: [21, "Is a directory"],
  EINVAL: [22, "Invalid argument"],
  EMFILE: [24, "Too many open files"],
  ENOSPC: [28, "No space left on device"],
  ENOSYS: [38, "Function not implemented"],
  ELOOP: [40, "Too many levels of symbolic links"],
  EPROTO: [71, "Protocol error"],
  EPROTONOSUPPORT: [93, "Protocol not supported"],
  EADDRINUSE: [98, "Address already in use"],
  ETIMEDOUT: [110, "Connection timed out"],
  ECONNREFUSED: [111, "Connection refused"],
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A request that was refused. `code` is an errno by name; `detail` says what to do, in words. */
export class SwitchError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = "") {
    super(detail === "" ? ERRORS[code][1] : `${ERRORS[code][1]}: ${detail}`);
    this.name = "SwitchError";
    this.code = code;
    this.detail = detail;
  }

  get errno(): number {
    return ERRORS[this.code][0];
  }
}

/** A whole number in a range. EINVAL where it is none, whatever it is: a program may pass anything. */
export function whole(value: number, low: number, high: number, sentence: string): number {
  return Number.isInteger(value) && value >= low && value <= high ? value : refuse("EINVAL", sentence);
}

/** Refuses. For use where a value is wanted. */
export function refuse(code: ErrorCode, detail = ""): never {
  throw new SwitchError(code, detail);
}
