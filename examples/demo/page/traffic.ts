// Frames on their way along the wires of the drawing: each one where they are few, and a part of them where they are many.

import { makeSvg } from "./dom.js";

/** How long a frame is seen on its way, where its wire adds nothing. */
const TRAVEL_MS = 750;
/** Frames that one reading starts on one wire in one direction at most. */
const STARTED_MAX = 5;
/** A longer delay looks no longer. */
const DELAY_MAX_MS = 2_000;
/** Where on its way a frame is lost, and how far it falls, in pixels. */
const LOST_AT = 0.45;
const GONE_AT = 0.62;
const FALL = 22;
const RADIUS = 5;

interface Travel {
  readonly path: SVGPathElement;
  readonly dot: SVGCircleElement;
  readonly inward: boolean;
  readonly startMs: number;
  readonly lastMs: number;
  readonly isLost: boolean;
}

export interface Burst {
  readonly frames: number;
  /** The chance of each to be lost on its way. */
  readonly lossChance: number;
  /** Whether they go to the switch: against the direction of the path. */
  readonly inward: boolean;
  /** How long the wire delays each. */
  readonly delayMs: number;
  /** Over how long to spread them. */
  readonly overMs: number;
}

export class Traffic {
  readonly #layer: SVGGElement;
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #travels: Travel[] = [];
  #isRunning = false;

  constructor(svg: SVGSVGElement) {
    this.#layer = makeSvg("g");
    svg.append(this.#layer);
  }

  /** Lets frames go along a path, from the switch or to it. */
  start(path: SVGPathElement, { frames, lossChance, inward, delayMs, overMs }: Burst): void {
    if (this.#calm.matches || document.hidden || frames === 0) return;
    const started = Math.min(frames, STARTED_MAX);
    for (let i = 0; i < started; i++) {
      const dot = makeSvg("circle", { class: "travel", r: "0" });
      const startMs = performance.now() + (overMs * i) / started;
      const isLost = Math.random() < lossChance;
      this.#travels.push({ path, dot, inward, startMs, lastMs: TRAVEL_MS + Math.min(delayMs, DELAY_MAX_MS), isLost });
      dot.style.setProperty("--thread", getComputedStyle(path).stroke);
      this.#layer.append(dot);
    }
    if (!this.#isRunning) requestAnimationFrame(this.#draw);
    this.#isRunning = true;
  }

  readonly #draw = (nowMs: number): void => {
    this.#travels = this.#travels.filter((travel) => this.#place(travel, nowMs));
    this.#isRunning = this.#travels.length > 0;
    if (this.#isRunning) requestAnimationFrame(this.#draw);
  };

  /** Puts a frame where it is by now. False when it has arrived, or is gone. */
  #place({ path, dot, inward, startMs, lastMs, isLost }: Travel, nowMs: number): boolean {
    const done = (nowMs - startMs) / lastMs;
    if (done >= (isLost ? GONE_AT : 1) || !path.isConnected) {
      dot.remove();
      return false;
    }
    if (done < 0) return true;
    const eased = done < 0.5 ? 2 * done * done : 1 - 2 * (1 - done) * (1 - done);
    const { x, y } = path.getPointAtLength(path.getTotalLength() * (inward ? 1 - eased : eased));
    const falling = isLost && done > LOST_AT ? (done - LOST_AT) / (GONE_AT - LOST_AT) : 0;
    dot.setAttribute("transform", `translate(${x} ${y + FALL * falling * falling})`);
    dot.setAttribute("r", String(RADIUS * Math.min(1, done * 8, (1 - done) * 8)));
    dot.classList.toggle("lost", falling > 0);
    dot.style.opacity = String(1 - falling);
    return true;
  }
}
