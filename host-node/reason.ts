// Node's errors of system calls in words: "ENOENT: no such file or directory, open '/a'" is for programmers.

import { getSystemErrorMap } from "node:util";

/** What went wrong with what: "/a: no such file or directory". Errors that are worded already stay as they are. */
export function reason(error: unknown, about?: string): string {
  const { errno, path, message } = error as NodeJS.ErrnoException;
  if (errno === undefined || errno >= 0) return message;
  const [, text] = getSystemErrorMap().get(errno) ?? [undefined, message];
  const subject = about ?? path;
  return subject === undefined ? text : `${subject}: ${text}`;
}
