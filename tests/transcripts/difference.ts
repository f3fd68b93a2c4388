// What a difference from VDE is, and how a replay knows it again.

export interface Difference {
  /** What is different, for who comes from VDE. */
  readonly what: string;
  readonly why: string;
  /** Changes an answer of VDE's to ours, wherever it applies. */
  readonly rewrite?: (original: string) => string;
  /** Takes out of our answers what VDE's have not. */
  readonly remove?: (ours: string) => string;
  /** Single answers. */
  readonly at?: readonly Place[];
}

/** One answer that is different. */
export interface Place {
  readonly file: string;
  /** The step as the transcript has it; all that are the same in that file. */
  readonly action: string;
  /** Our answer up to the prompt, line by line, without what is added everywhere. */
  readonly ours?: readonly string[];
  /** Which of the steps that are the same, from 1; all of them where it is absent. */
  readonly nth?: number;
  /** Another step of the file that is answered in the same way. */
  readonly like?: string;
  /** Commands that make the rest of the transcript meet what it met. */
  readonly mend?: readonly string[];
}
