// What may be put to this machine's resolvers for a guest: questions, and nothing else that they might do for somebody whom
// they take for this machine, such as to change a zone or to hand one out.

import type { Stream } from "./backend.js";
import { BaseStream } from "./base-stream.js";
import { readMessage } from "./dns-message.js";

const HEADER = 12;
const LENGTH = 2;
const IS_ANSWER = 0x80;
const OPCODE = 0x78;
const RECURSION = 0x01;
const AVAILABLE = 0x80;
/** Codes of answers, RFC 1035. */
const FORMAT_ERROR = 1;
const NOT_IMPLEMENTED = 4;
const REFUSED = 5;
/** Whole zones, and what has changed in them. */
const ZONES = new Set([251, 252]);
/** No question is as long: who announces a longer one is not waited for. */
const QUESTION_MAX = 4_096;
const ROOM_MIN = 256;

/** What is answered to a message in place of the resolver; undefined where that is asked; "nothing" where nobody should answer. */
export function refusalOf(message: Uint8Array): Uint8Array | undefined | "nothing" {
  if (message.length < HEADER || (message[2]! & IS_ANSWER) !== 0) return "nothing";
  if ((message[2]! & OPCODE) !== 0) return refusal(message, NOT_IMPLEMENTED);
  const question = readMessage(message);
  const hasRecords = message.subarray(6, 10).some((octet) => octet !== 0);
  if (question !== undefined && ZONES.has(question.type)) return refusal(message, REFUSED);
  return question === undefined || hasRecords ? refusal(message, FORMAT_ERROR) : undefined;
}

/** The question, where there is one, with the reason for which it is not answered. */
function refusal(message: Uint8Array, code: number): Uint8Array {
  const end = readMessage(message)?.end;
  const answer = message.slice(0, end ?? HEADER);
  answer[2] = IS_ANSWER | (message[2]! & (OPCODE | RECURSION));
  answer[3] = AVAILABLE | code;
  answer.set([0, end === undefined ? 0 : 1, 0, 0, 0, 0, 0, 0], 4);
  return answer;
}

/** A connection to a resolver (RFC 7766), by which questions alone pass. Its answers are passed on one by one. */
export class QuestionStream extends BaseStream {
  readonly #resolver: Stream;
  readonly #asked = new Messages();
  readonly #answered = new Messages();

  constructor(resolver: Stream) {
    super();
    this.#resolver = resolver;
    resolver.onconnect = () => this.onconnect();
    resolver.ondata = (octets) => {
      for (const message of this.#answered.add(octets)) this.ondata(framed(message));
    };
    resolver.onend = () => this.onend();
    resolver.onerror = (code) => this.onerror(code);
    resolver.ondrain = () => this.ondrain();
  }

  get queued(): number {
    return this.#resolver.queued + this.#asked.held;
  }

  write(octets: Uint8Array): void {
    for (const message of this.#asked.add(octets)) {
      const answer = refusalOf(message);
      if (answer === undefined) this.#resolver.write(framed(message));
      else if (answer !== "nothing") this.ondata(framed(answer));
    }
    if (this.#asked.size <= QUESTION_MAX) return;
    this.#resolver.destroy();
    this.onerror("ECONNRESET");
  }

  end(): void {
    this.#resolver.end();
  }

  destroy(): void {
    this.#resolver.destroy();
  }

  pause(): void {
    this.#resolver.pause();
  }

  resume(): void {
    this.#resolver.resume();
  }
}

/** Messages with their lengths before them, as they come in pieces. */
class Messages {
  #room = new Uint8Array(ROOM_MIN);
  #held = 0;

  get held(): number {
    return this.#held;
  }

  /** How long the next is, as far as it says so. */
  get size(): number {
    return this.#endOf(0) - LENGTH;
  }

  /** Those that are whole now. */
  add(octets: Uint8Array): Uint8Array[] {
    this.#keep(octets);
    const found: Uint8Array[] = [];
    let at = 0;
    for (let end = this.#endOf(at); end <= this.#held; end = this.#endOf(at)) {
      found.push(this.#room.slice(at + LENGTH, end));
      at = end;
    }
    this.#room.copyWithin(0, at, this.#held);
    this.#held -= at;
    return found;
  }

  /** Where the message that begins here ends, as far as it says so. */
  #endOf(at: number): number {
    const size = this.#held < at + LENGTH ? 0 : (this.#room[at]! << 8) | this.#room[at + 1]!;
    return at + LENGTH + size;
  }

  #keep(octets: Uint8Array): void {
    const held = this.#held + octets.length;
    if (held > this.#room.length) {
      const room = new Uint8Array(2 * held);
      room.set(this.#room.subarray(0, this.#held));
      this.#room = room;
    }
    this.#room.set(octets, this.#held);
    this.#held = held;
  }
}

function framed(message: Uint8Array): Uint8Array {
  const octets = new Uint8Array(LENGTH + message.length);
  octets.set([message.length >>> 8, message.length & 255]);
  octets.set(message, LENGTH);
  return octets;
}
