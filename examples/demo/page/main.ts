// The page: opens the network, starts the guests, lets them ping each other, and shows what happens.

import type { News } from "../messages.js";
import { openCapture } from "./capture.js";
import { openSwitchConsole } from "./console.js";
import { find, say } from "./dom.js";
import { fetchImages, firstPing, type GuestId, nameOf, settle } from "./guests.js";
import { type Lan, lendPort, openLan } from "./lan.js";
import { openNews } from "./news.js";
import { showNews } from "./outside.js";
import { PortTable } from "./ports.js";
import { recolor } from "./terminal.js";
import { count, rate } from "./text.js";
import { openTheme } from "./theme.js";
import { Topology } from "./topology.js";
import { View } from "./view.js";
import { WirePanel } from "./wires.js";

const LOOK_MS = 250;
const SHOWN_PINGS = 5;
const START_MS_MAX = 300_000;
const GUESTS: readonly GuestId[] = ["a", "b"];

function status(text: string): void {
  find("#status").textContent = text;
}

/** Says so, for people and for a script that waits. What works goes on. */
function fail(reason: string): void {
  document.body.dataset["state"] = "failed";
  status(`Failed: ${reason}`);
}

/** A script that waits is not left to wait for ever. */
function limitStart(): void {
  setTimeout(() => {
    if (document.body.dataset["state"] === "starting") fail("the guests have not answered each other in time");
  }, START_MS_MAX);
}

/** Looks at the switch as long as the page is open. */
function show(lan: Lan): void {
  const view = new View(lan.switch);
  const panel = new WirePanel(lan, (id) => {
    topology.pick(id);
    table.pick(id);
  });
  const topology = new Topology((id) => panel.pick(id));
  const table = new PortTable((id) => panel.pick(id));
  panel.pick("a");
  const look = () => {
    const ports = view.read();
    topology.update(ports, (id) => lan.faultsOf(id), LOOK_MS);
    table.update(ports);
    const frames = ports.reduce((sum, port) => sum + port.rate, 0) / 2; // each comes and goes
    say("switch", `${rate(frames)} frames/s · ${count(lan.switch.fdb.count)} addresses`);
    say("ports", lan.switch.isThreaded ? "the switch has a thread of its own" : "the switch shares the page's thread");
    say("tabs", lan.neighbours === 0 ? "open a second one" : `${lan.neighbours} open, by BroadcastChannel`);
  };
  look();
  setInterval(look, LOOK_MS);
}

async function startGuests(lan: Lan, { seat }: News): Promise<void> {
  status("Loading the guests…");
  const images = await fetchImages();
  status("Waking the guests…");
  for (const id of GUESTS) say(`address-${id}`, "waking up…");
  await Promise.all(
    GUESTS.map(async (id) => {
      await lan.guests[id].start(images());
      await settle(lan.guests[id], seat, id);
      lan.guests[id].plug(lendPort(lan.switch, id));
    }),
  );
  status("The first ping…");
  const ms = await firstPing(lan.guests.a, nameOf(seat, "b"));
  document.body.dataset["state"] = "ready";
  status(`${nameOf(seat, "a")} and ${nameOf(seat, "b")} answer each other in ${ms.toFixed(1)} ms`);
  lan.guests.a.type(`ping -c ${SHOWN_PINGS} ${nameOf(seat, "b")}\n`); // something to see
}

async function start(): Promise<void> {
  openTheme(recolor);
  limitStart();
  const news = await openNews(showNews);
  await document.fonts.load('12px "JetBrains Mono"');
  const lan = await openLan(fail);
  show(lan);
  openSwitchConsole(lan.switch);
  openCapture(lan.switch);
  find("#newtab").addEventListener("click", () => window.open(location.href, "_blank"));
  for (const node of document.querySelectorAll<HTMLElement>("[data-shows]"))
    node.addEventListener("click", () => find(`#${node.dataset["shows"]} textarea`).focus());
  await startGuests(lan, news);
}

start().catch((error) => fail(error instanceof Error ? error.message : String(error)));
