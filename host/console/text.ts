// How the console writes numbers and foreign text.

import { withoutSecrets } from "../masking.js";

/** A number of at least four digits, as VDE numbers ports, VLANs and endpoints. */
export function four(value: number): string {
  return String(value).padStart(4, "0");
}

/** Permissions: 0600. */
export function permissions(mode: number): string {
  return `0${mode.toString(8).padStart(3, "0")}`;
}

/**
 * Text that came from outside, with its control characters as \x1b, so that none reaches somebody's terminal, and without
 * the secrets of URLs.
 */
export function printable(text: string): string {
  return withoutSecrets(text).replace(
    CONTROL,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** C0, DEL and C1 (ECMA-48), of which every terminal obeys some; and what some take for the end of a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;
