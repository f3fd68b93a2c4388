// Colours, where there are any: ANSI's first eight, which every terminal's owner has chosen for himself.

export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  notable(text: string): string;
}

const RESET = "\x1b[0m";

/** ECMA-48 8.3.117, Select Graphic Rendition. */
function rendition(code: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\x1b[${code}m${text}${RESET}`);
}

export const COLOURS: Style = {
  strong: rendition(1),
  faint: rendition(2),
  good: rendition(32),
  bad: rendition(31),
  notable: rendition(33),
};

const asItIs = (text: string) => text;

export const NO_COLOURS: Style = { strong: asItIs, faint: asItIs, good: asItIs, bad: asItIs, notable: asItIs };
