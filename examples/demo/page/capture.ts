// The capture button: what passes at the ports goes into a file that Wireshark opens.

import { type PageCapture, type PageSwitch, startCapture } from "etherloom/browser";
import { find } from "./dom.js";
import { count, octets } from "./text.js";

const LOOK_MS = 250;

export function openCapture(sw: PageSwitch): void {
  const button = find<HTMLButtonElement>("#capture");
  let capture: PageCapture | undefined;
  const show = () => {
    button.setAttribute("aria-pressed", String(capture !== undefined));
    find("span", button).textContent =
      capture === undefined ? "Capture" : `${count(capture.frames)} frames, ${octets(capture.octets)}`;
  };
  const stop = (running: PageCapture) => {
    running.stop();
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
    running.download(`etherloom-${stamp}.pcapng`);
    return undefined;
  };
  button.addEventListener("click", () => {
    capture = capture === undefined ? startCapture(sw) : stop(capture);
    show();
  });
  setInterval(show, LOOK_MS);
}
