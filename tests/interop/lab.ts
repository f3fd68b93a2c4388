// A bench for one test: a folder, programs, interfaces. All of it is gone afterwards, however the test ended.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./program.js";

/** Undoes something. What must happen even when this process is ending comes before the first wait. */
type Undo = () => void | Promise<void>;

export class Lab {
  /** A short name, since a socket path has room for 107 octets. */
  readonly folder = mkdtempSync(join(tmpdir(), "loom-"));
  readonly programs: Program[] = [];
  private readonly undos: Undo[] = [() => rmSync(this.folder, { recursive: true, force: true })];

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Undone in the reverse order. */
  later(undo: Undo): void {
    this.undos.push(undo);
  }

  /** Starts a program that ends with the test. */
  start(command: string, ...args: readonly string[]): Program {
    const program = new Program(command, args);
    this.programs.push(program);
    this.later(() => program.stop());
    return program;
  }

  async close(): Promise<void> {
    for (let undo = this.undos.pop(); undo !== undefined; undo = this.undos.pop()) await undo();
  }

  /** For a process that is ending: nothing can be waited for. */
  abandon(): void {
    for (const undo of this.undos.splice(0).reverse()) void undo();
  }
}

/** A test on a bench of its own. Where it fails, it shows what the programs said. */
export function inLab(work: (lab: Lab) => Promise<void>): () => Promise<void> {
  return async () => {
    const lab = new Lab();
    const abandon = () => lab.abandon();
    process.once("exit", abandon);
    try {
      await work(lab);
    } catch (error) {
      console.error(lab.programs.map((program) => program.story()).join("\n"));
      throw error;
    } finally {
      await lab.close();
      process.off("exit", abandon);
    }
  };
}
