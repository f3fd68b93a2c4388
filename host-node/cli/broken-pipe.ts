// The end of a program whose output nobody reads any more, `loom ctl ... | head` say. Node ignores SIGPIPE, of which other
// programs die, and tells of it by an error instead.

/** What a shell says of a program that died of SIGPIPE. */
const BROKEN_PIPE = 141;

/** Ends this process where its standard output cannot be written: without a word where that was a pipe that was closed. */
export function endWithReader(program: string): void {
  const { stdout, stderr } = process;
  if (stderr.listenerCount("error") === 0) stderr.on("error", () => {}); // nobody reads
  if (stdout.listenerCount("error") > 0) return; // it was asked for before, with an earlier line
  stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(BROKEN_PIPE);
    stderr.write(`${program}: standard output: ${message}\n`);
    process.exit(1);
  });
}
