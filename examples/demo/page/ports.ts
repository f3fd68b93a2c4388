// The table of the ports: counters, a line of the last half minute, VLANs, tree, addresses.

import { find, make, makeSvg, mark } from "./dom.js";
import { count, octets, rate } from "./text.js";
import { THREADS, type Thread, type ThreadId } from "./threads.js";
import type { PortView } from "./view.js";

const WIDTH = 150;
const HEIGHT = 26;
const ADDRESSES_MAX = 3;

type Cell = HTMLTableCellElement;
/** In, out, lost, VLAN, tree, addresses. */
type Cells = readonly [Cell, Cell, Cell, Cell, Cell, Cell];

interface Row {
  readonly thread: Thread;
  readonly element: HTMLTableRowElement;
  readonly line: SVGPathElement;
  readonly area: SVGPathElement;
  readonly rate: HTMLOutputElement;
  readonly cells: Cells;
}

export class PortTable {
  readonly #rows: readonly Row[];

  constructor(pick: (id: ThreadId) => void) {
    const body = find("#ports tbody");
    this.#rows = THREADS.map(row);
    for (const { element, thread } of this.#rows) {
      element.addEventListener("click", () => pick(thread.id));
      body.append(element);
    }
  }

  pick(id: ThreadId): void {
    for (const { thread, element } of this.#rows) mark(element, "picked", thread.id === id);
  }

  update(ports: readonly PortView[]): void {
    const highest = Math.max(4, ...ports.flatMap(({ rates }) => rates));
    for (const [index, port] of ports.entries()) show(this.#rows[index]!, port, highest);
  }
}

function row(thread: Thread): Row {
  const title = make(
    "span",
    { class: "thread" },
    make("i", { class: "dot" }),
    `${thread.port}`,
    make("small", {}, thread.title),
  );
  const [line, area] = [makeSvg("path"), makeSvg("path", { class: "area" })];
  const chart = makeSvg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  chart.append(area, line);
  const output = make("output");
  const cells: Cells = [make("td"), make("td"), make("td"), make("td"), make("td"), make("td")];
  const element = make(
    "tr",
    { style: `--thread: var(--thread-${thread.id})`, "data-port": String(thread.port) },
    make("th", { scope: "row" }, title),
    make("td", {}, make("span", { class: "spark" }, chart, output)),
    ...cells,
  );
  return { thread, element, line, area, rate: output, cells };
}

function show({ line, area, rate: output, cells }: Row, port: PortView, highest: number): void {
  const step = WIDTH / (port.rates.length - 1);
  const at = (value: number) => HEIGHT - 2 - (value / highest) * (HEIGHT - 4);
  const points = port.rates.map((value, index) => `${(index * step).toFixed(1)} ${at(value).toFixed(1)}`).join("L");
  line.setAttribute("d", `M${points}`);
  area.setAttribute("d", `M0 ${HEIGHT}L${points}L${WIDTH} ${HEIGHT}Z`);
  output.textContent = rate(port.rate);
  const [rx, tx, lost, vlan, tree, addresses] = cells;
  fill(rx, count(port.rx.frames), octets(port.rx.octets));
  fill(tx, count(port.tx.frames), octets(port.tx.octets));
  fill(lost, count(port.lost));
  lost.className = port.lost > 0 ? "some" : "";
  lost.title = Object.entries(port.drops)
    .map(([reason, number]) => `${reason}: ${number}`)
    .join(", ");
  fill(vlan, port.vlan);
  tree.replaceChildren(
    make(
      "span",
      { class: `badge ${port.state}` },
      port.role === "" ? port.state : `${port.role.toLowerCase()}, ${port.state}`,
    ),
  );
  const shown = port.addresses.slice(0, ADDRESSES_MAX).map((mac) => make("code", {}, mac));
  const more = port.addresses.length - shown.length;
  addresses.replaceChildren(...shown, ...(more > 0 ? [`and ${more} more`] : []));
}

function fill(cell: HTMLElement, text: string, below?: string): void {
  cell.replaceChildren(text, ...(below === undefined ? [] : [make("small", { class: "below" }, below)]));
}
