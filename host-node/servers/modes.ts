// Permissions of a switch's directory and of the sockets in it, each from the other where only one is given.

const SETGID = 0o2000;
const STICKY = 0o1000;
const READ_WRITE = 0o666;
const OTHERS_WRITE = 0o022;

export interface Modes {
  /** Of ctl and of the data sockets. */
  readonly mode: number;
  /** Of the directory. With setgid, a plug's socket belongs to the directory's group, whoever makes it. */
  readonly dirMode: number;
}

/**
 * VDE's own derivation: who may use the sockets may enter the directory, and the other way round. Where others may write to
 * the directory it is sticky besides, as /tmp is: a plug may add its socket, but not replace `ctl` or anybody else's.
 */
export function deriveModes({ mode, dirMode }: { mode?: number | undefined; dirMode?: number | undefined }): Modes {
  if (mode === undefined) {
    return dirMode === undefined
      ? { mode: 0o600, dirMode: 0o2700 }
      : { mode: dirMode & READ_WRITE, dirMode: guarded(dirMode) };
  }
  return { mode, dirMode: guarded(dirMode ?? SETGID | entered(mode & READ_WRITE)) };
}

/** Whether others may remove and rename what is in a directory of this mode. */
export function isUnguarded(dirMode: number): boolean {
  return (dirMode & OTHERS_WRITE) !== 0 && (dirMode & STICKY) === 0;
}

function guarded(dirMode: number): number {
  return isUnguarded(dirMode) ? dirMode | STICKY : dirMode;
}

/** Adds x for each class that has r or w: a directory is entered by x. */
function entered(mode: number): number {
  return mode | (((mode | (mode >> 1)) >> 1) & 0o111);
}
