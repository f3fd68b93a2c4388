// Text as UTF-8, by what the language itself has: pages and Node share no types for anything else.

export function utf8(text: string): Uint8Array {
  const pieces = encodeURIComponent(text).match(/%..|./g) ?? [];
  return Uint8Array.from(pieces, (piece) =>
    piece.length === 1 ? piece.charCodeAt(0) : Number.parseInt(piece.slice(1), 16),
  );
}

/** The text, or undefined for what is none. */
export function utf8Text(octets: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(Array.from(octets, (octet) => `%${octet.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return undefined;
  }
}
