// What must not be left behind: processes, folders, namespaces. Undone at the latest when the bench ends, however it ends.

const undoings = new Set<() => void>();

/** Has something undone at the end. Call what it returns when it has been undone before that. */
export function atExit(undo: () => void): () => void {
  undoings.add(undo);
  return () => undoings.delete(undo);
}

process.once("exit", () => {
  for (const undo of [...undoings].reverse()) {
    try {
      undo();
    } catch (error) {
      console.error((error as Error).message); // the others must still have their turn
    }
  }
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
