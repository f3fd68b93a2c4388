// A conversation with a console from the manager's side: commands go out one at a time, and each gets the answer that
// belongs to it. What the console says by itself goes elsewhere.

import { ConsoleReader, type Said } from "./client.js";

export interface Answer {
  /** 0, or an errno. */
  readonly code: number;
  /** What is said of it; empty where a command has no answer, as a comment. */
  readonly text: string;
  /** Its lines of data; empty where they were heard as they came. */
  readonly lines: readonly string[];
}

export interface ConversationOptions {
  readonly send: (text: string) => void;
  /** The console waits for the first command. It calls itself by a name: "vde". */
  readonly onready: (name: string) => void;
  readonly onevent: (text: string) => void;
  /** A line ahead of the first prompt. */
  readonly onbanner?: (text: string) => void;
}

interface Question {
  readonly line: string;
  readonly online?: ((text: string) => void) | undefined;
  readonly lines: string[];
  result: { readonly code: number; readonly text: string };
  readonly answer: (answer: Answer | undefined) => void;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #reader = new ConsoleReader();
  /** The first is being answered. */
  #questions: Question[] = [];
  #isReady = false;
  #isOpen = true;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Whether there is a console to talk to. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Takes what a read brought. */
  hear(text: string): void {
    for (const said of this.#reader.read(text)) this.#hear(said);
  }

  /**
   * Says a command once those before it are answered. Its lines of data go to `online` as they come, or into the answer.
   * undefined where the console is gone.
   */
  ask(line: string, online?: (text: string) => void): Promise<Answer | undefined> {
    return new Promise((answer) => {
      if (!this.#isOpen) return answer(undefined);
      this.#questions.push({ line, online, lines: [], result: { code: 0, text: "" }, answer });
      if (this.#isReady && this.#questions.length === 1) this.#send();
    });
  }

  /** The console is gone: nothing is answered any more. */
  end(): void {
    this.#isOpen = false;
    const questions = this.#questions;
    this.#questions = [];
    for (const { answer } of questions) answer(undefined);
  }

  #hear(said: Said): void {
    const [question] = this.#questions;
    if (said.kind === "event") this.#options.onevent(said.text);
    else if (said.kind === "banner") this.#options.onbanner?.(said.text);
    else if (said.kind === "prompt") this.#prompted(said.name);
    else if (question === undefined || !this.#isReady)
      return; // it answers nothing that was asked
    else if (said.kind === "result") question.result = said;
    else if (question.online) question.online(said.text);
    else question.lines.push(said.text);
  }

  /** A prompt ends an answer. */
  #prompted(name: string): void {
    if (this.#isReady) {
      const question = this.#questions.shift();
      question?.answer({ code: question.result.code, text: question.result.text, lines: question.lines });
    } else {
      this.#options.onready(name);
      this.#isReady = true;
    }
    this.#send();
  }

  #send(): void {
    const [question] = this.#questions;
    if (question !== undefined) this.#options.send(`${question.line}\n`);
  }
}
