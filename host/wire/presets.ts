// Wires that people have, as settings. The left end is the user's, the right end the network's: LR goes up, RL comes down.
// They are orders of magnitude from measurements of such lines, not promises of anyone's.

export const PRESETS: Readonly<Record<string, { readonly help: string; readonly lines: readonly string[] }>> = {
  none: { help: "a wire without a fault", lines: [] },
  dsl: {
    help: "ADSL2+: 16 Mbit/s down, 1 up, 12 ms each way, a modem's deep queue",
    lines: ["bandwidth RL2000000", "bandwidth LR125000", "delay 12+3N", "qlen RL128", "qlen LR64", "loss 0.01"],
  },
  "3g": {
    help: "UMTS: 2 Mbit/s down, 384 kbit/s up, 75 ms each way and uneven",
    lines: [
      "bandwidth RL250000",
      "bandwidth LR48000",
      "delay 75+45N",
      "correlation 50",
      "qlen 100",
      "loss 0.5",
      "lostburst 3",
    ],
  },
  lte: {
    help: "LTE: 30 Mbit/s down, 10 up, 25 ms each way",
    lines: ["bandwidth RL3750000", "bandwidth LR1250000", "delay 25+12N", "correlation 50", "qlen 300", "loss 0.05"],
  },
  satellite: {
    help: "a geostationary satellite: 20 Mbit/s down, 3 up, 280 ms each way",
    lines: ["bandwidth RL2500000", "bandwidth LR375000", "delay 280+15N", "qlen 1000", "loss 0.2", "lostburst 4"],
  },
  "lossy-wifi": {
    help: "a bad wireless network: 20 Mbit/s, 4 ms and up, frames lost in bursts and out of order",
    lines: ["bandwidth 2500000", "delay 6+6", "correlation 25", "reorder 1", "qlen 200", "loss 4", "lostburst 5"],
  },
};
