// What the listings of a wire's console say, in VDE's layout to the blank.

import { printable } from "../console/text.js";
import type { WireConsole } from "./console.js";
import { PARAMETER_LIST } from "./parameters.js";
import type { Draw } from "./random.js";
import { LOSSES } from "./statistics.js";
import { DIRECTIONS, type Direction, shownDraw, shownNumber } from "./value.js";

const WAYS: readonly Direction[] = [0, 1];

/** "Node 0 "good" (0,..,2)", as several listings begin. */
export function shownState({ filter: { chain } }: WireConsole, number: number): string {
  return `Node ${number} "${printable(chain.state(number).name)}" (0,..,${chain.count - 1})`;
}

export function* showInfo(wire: WireConsole, asked: number | undefined): Generator<string> {
  const { filter, isMono, system } = wire;
  const { chain, channels } = filter;
  const number = asked ?? chain.current;
  const { settings } = chain.state(number);
  yield `WireFilter: ${isMono ? "monodirectional" : "bidirectional"}`;
  if (chain.count > 1) yield `${shownState(wire, number)} Markov-time ${shownNumber(chain.periodMs)}`;
  for (const [name, { label, added }] of PARAMETER_LIST) {
    const draws = [settings[0][name], settings[1][name]] as const;
    if (added && draws.every(({ value, plus }) => value === 0 && plus === 0)) continue;
    yield label.padEnd(6) + (name === "mtu" ? wide(draws.map(least), isMono, 5) : narrow(draws, isMono));
  }
  const queued = channels.map(({ queuedOctets }) => String(queuedOctets));
  yield `Current Delay Queue size:  ${wide(queued, isMono, 6)}`;
  yield `Fifoness ${filter.isFifo ? "TRUE" : "FALSE"}`;
  yield `Waiting packets in delay queues ${channels[0].queued + channels[1].queued}`;
  if (system.blink) yield* [`Blink socket: ${system.blink.path}`, `Blink id:     ${system.blink.id} `];
}

function narrow([right, left]: readonly [Draw, Draw], isMono: boolean): string {
  return isMono ? ` ${shownDraw(right)}` : ` L->R ${shownDraw(right)}   R->L ${shownDraw(left)}`;
}

function wide([right, left]: readonly string[], isMono: boolean, gap: number): string {
  return isMono ? ` ${right}` : ` L->R ${right}${" ".repeat(gap)}R->L ${left}   `;
}

function least({ value, plus }: Draw): string {
  return shownNumber(value - plus);
}

/** Counters that add up, and what was measured, for each direction. */
export function* stats({ filter, isMono }: WireConsole): Generator<string> {
  yield `Seed ${filter.seed}`;
  for (const way of isMono ? WAYS.slice(0, 1) : WAYS) {
    const { statistics, queued } = filter.channel(way);
    const rate = Math.round(statistics.rate(filter.now()));
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) =>
      shownNumber(Number(statistics.delay(share).toPrecision(3))),
    );
    const name = `${DIRECTIONS[way]} `;
    yield `${name}received ${statistics.received} duplicated ${statistics.duplicated}`;
    yield `${name}passed ${statistics.passed} lost ${statistics.allLost} queued ${queued} corrupted ${statistics.corrupted}`;
    yield `${name}lost by ${LOSSES.map((why) => `${why} ${statistics.lost[why]}`).join(" ")}`;
    yield `${name}rate ${rate} octets/s delay ms p50 ${p50} p90 ${p90} p99 ${p99}`;
  }
}

/** A table that vdeterm completes from: a name in the first column, and what it is for. */
export function* help({ commands }: WireConsole): Generator<string> {
  yield "COMMAND      HELP";
  yield "------------ ------------";
  yield* commands.rows((menu) => (menu === "markov" ? 18 : 12));
}
