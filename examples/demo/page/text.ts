// Numbers as people read them.

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(value: number): string {
  return plain.format(value).replaceAll(",", "\u202f");
}

/** Octets with a unit, in three digits or so: "812 B", "4.1 MB". */
export function octets(value: number): string {
  return scaled(value, ["B", "kB", "MB", "GB"]);
}

/** Bits a second: "64 kbit/s". */
export function bitRate(value: number): string {
  return scaled(value, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]);
}

function scaled(value: number, units: readonly string[]): string {
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaledValue = value / 1000 ** power;
  const text =
    power === 0 || scaledValue >= 99.5 ? plain.format(scaledValue) : scaledValue.toFixed(1).replace(/\.0$/, "");
  return `${text} ${units[power]}`;
}

/** Frames a second: whole ones where there are many. */
export function rate(value: number): string {
  return value > 0 && value < 9.95 ? value.toFixed(1) : count(value);
}
