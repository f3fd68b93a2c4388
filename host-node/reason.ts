// Node's errors of system calls in words: "ENOENT: no such file or directory, open '/a'" is for programmers.

import { getSystemErrorMap } from "node:util";
import { ERRORS, type ErrorCode, SwitchError } from "../host/errors.js";

/** What went wrong with what: "/a: no such file or directory". Errors that are worded already stay as they are. */
export function reason(error: unknown, about?: string): string {
  const { errno, path, message } = error as NodeJS.ErrnoException;
  if (errno === undefined || errno >= 0) return message;
  const [, text] = getSystemErrorMap().get(errno) ?? [undefined, message];
  const subject = about ?? path;
  return subject === undefined ? text : `${subject}: ${text}`;
}

/** What went wrong with what, as a refusal. The switch has words of its own for some of the machine's errors. */
export function asRefusal(error: unknown, about: string): SwitchError {
  if (error instanceof SwitchError) return error;
  const { code = "", errno, message } = error as NodeJS.ErrnoException;
  if (code in ERRORS) return new SwitchError(code as ErrorCode, about);
  return new SwitchError("EINVAL", errno === undefined ? `${about}: ${message}` : reason(error, about));
}
