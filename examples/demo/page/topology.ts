// The drawing: wires between the cards of the network, laid anew whenever these move, with what goes over them.

import { find, make, makeSvg, mark } from "./dom.js";
import type { Faults } from "./faults.js";
import { rate } from "./text.js";
import { THREADS, type Thread, type ThreadId } from "./threads.js";
import { Traffic } from "./traffic.js";
import type { PortView } from "./view.js";

/** How far a wire may lean, in pixels. */
const STEEP = 40;

interface Strand {
  readonly thread: Thread;
  readonly group: SVGGElement;
  readonly paths: readonly SVGPathElement[];
  readonly ends: readonly SVGCircleElement[];
  readonly label: SVGTextElement;
  readonly jack: HTMLButtonElement;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export class Topology {
  readonly #lan = find("#lan");
  readonly #strands: readonly Strand[];
  readonly #traffic: Traffic;

  constructor(pick: (id: ThreadId) => void) {
    const svg = find<SVGSVGElement>(".wires");
    this.#strands = THREADS.map((thread) => strand(svg, thread, pick));
    this.#traffic = new Traffic(svg);
    new ResizeObserver(() => this.#lay()).observe(this.#lan);
    for (const node of this.#lan.querySelectorAll(".node")) new ResizeObserver(() => this.#lay()).observe(node);
  }

  /** Shows which wire the sliders are for. */
  pick(id: ThreadId): void {
    for (const { thread, group, jack } of this.#strands) {
      mark(group, "picked", thread.id === id);
      mark(jack, "picked", thread.id === id);
    }
  }

  update(ports: readonly PortView[], faults: (id: ThreadId) => Faults, overMs: number): void {
    for (const [index, port] of ports.entries()) {
      const strand = this.#strands[index];
      if (strand !== undefined) this.#show(strand, port, faults(port.thread.id), overMs);
    }
  }

  #show({ group, paths, label, jack, thread }: Strand, port: PortView, faults: Faults, overMs: number): void {
    const { fresh, state } = port;
    mark(group, "idle", !port.isPlugged);
    mark(group, "blocked", state === "discarding");
    mark(group, "poor", faults.loss > 0);
    mark(jack, "lit", fresh.rx + fresh.tx > 0);
    jack.title = `Port ${thread.port}, ${thread.title}: ${state}`;
    const common = { delayMs: faults.delayMs, overMs };
    const [cable] = paths;
    if (cable === undefined) return;
    // What was lost on its way to the switch, the switch has not counted.
    this.#traffic.start(cable, { frames: fresh.rx, inward: true, lossChance: 0, ...common });
    this.#traffic.start(cable, { frames: fresh.tx, inward: false, lossChance: faults.loss / 100, ...common });
    label.textContent = labelOf(port, faults);
  }

  /** Lays every wire from its card to the edge of the switch that is nearest to its jack. */
  #lay(): void {
    const origin = this.#lan.getBoundingClientRect();
    const box = (element: Element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return new DOMRect(left - origin.left, top - origin.top, width, height);
    };
    const [middle, left, right] = ["switch", "a", "b"].map((id) => box(find(`[data-node="${id}"]`))) as [
      DOMRect,
      DOMRect,
      DOMRect,
    ];
    for (const strand of this.#strands) {
      const ends = endsOf(middle, box(strand.jack), box(find(`[data-node="${strand.thread.id}"]`)));
      draw(strand, ends);
    }
    enclose([middle, left, right]);
  }
}

function strand(svg: SVGSVGElement, thread: Thread, pick: (id: ThreadId) => void): Strand {
  const color = `--thread: var(--thread-${thread.id})`;
  const group = makeSvg("g", { style: color });
  const paths = ["cable", "glow"].map((name) => makeSvg("path", { class: name }));
  const ends = [makeSvg("circle", { r: "5" }), makeSvg("circle", { r: "5" })];
  const label = makeSvg("text");
  group.append(...paths, ...ends, label);
  svg.append(group);
  const jack = make(
    "button",
    { type: "button", class: "jack", style: color },
    make("i", { class: "led" }),
    String(thread.port),
  );
  jack.setAttribute("aria-label", `Port ${thread.port}: the wire to ${thread.title}`);
  find(".jacks").append(jack);
  for (const element of [jack, paths[1]!]) element.addEventListener("click", () => pick(thread.id));
  return { thread, group, paths, ends, label, jack };
}

/** From the switch to the card: sideways where they stand side by side, else from edge to edge. */
function endsOf(middle: DOMRect, jack: DOMRect, card: DOMRect): [Point, Point, boolean] {
  const sideways = card.left > middle.right || card.right < middle.left;
  if (sideways && card.bottom > middle.top && card.top < middle.bottom) {
    const [from, to] = card.left > middle.right ? [middle.right, card.left] : [middle.left, card.right];
    return [{ x: from, y: jack.top + jack.height / 2 }, { x: to, y: card.top + card.height / 2 }, true];
  }
  const below = card.top > middle.bottom;
  const x = jack.left + jack.width / 2;
  const inside = Math.min(Math.max(x, card.left + 28), card.right - 28);
  return [{ x, y: below ? middle.bottom : middle.top }, { x: inside, y: below ? card.top : card.bottom }, false];
}

function draw({ paths, ends, label }: Strand, [from, to, sideways]: [Point, Point, boolean]): void {
  const [dx, dy] = sideways ? [(to.x - from.x) / 2, 0] : [0, (to.y - from.y) / 2];
  const curve = `C${from.x + dx} ${from.y + dy} ${to.x - dx} ${to.y - dy} ${to.x} ${to.y}`;
  for (const path of paths) path.setAttribute("d", `M${from.x} ${from.y}${curve}`);
  for (const [index, { x, y }] of [from, to].entries()) ends[index]?.setAttribute("transform", `translate(${x} ${y})`);
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const below = Math.abs(to.x - from.x) > STEEP ? 20 : 4; // a wire that leans would run through its label
  label.setAttribute("transform", sideways ? `translate(${x} ${y - 18})` : `translate(${x + 16} ${y + below})`);
  label.setAttribute("text-anchor", sideways ? "middle" : "start");
}

/** The frame around what is in this tab. */
function enclose(boxes: readonly DOMRect[]): void {
  const margin = 18;
  const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
  const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
  Object.assign(find(".frame").style, {
    left: `${left - margin}px`,
    top: `${top - 2 * margin}px`,
    width: `${right - left + 2 * margin}px`,
    height: `${bottom - top + 3 * margin}px`,
  });
}

function labelOf({ rate: frames, isPlugged, state }: PortView, { loss, delayMs }: Faults): string {
  if (!isPlugged) return "unplugged";
  if (state === "discarding") return "blocked by the tree";
  const faults = [...(loss > 0 ? [`${loss} % lost`] : []), ...(delayMs > 0 ? [`${delayMs} ms`] : [])];
  return [...(frames > 0.05 ? [`${rate(frames)}/s`] : []), ...faults].join(" · ");
}
