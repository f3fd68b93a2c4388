// Frames as words, for a wire that other machines share:
//
//   a > b hello        from station a to station b, with a text, in an EtherType that no protocol uses
//   a > b #10 hello    the same, with an 802.1Q tag for VLAN 10
//   a > * hello        broadcast

/** IEEE 802 local experimental EtherType 1: no host stack answers it. */
const LOCAL_EXPERIMENTAL = [0x88, 0xb5];
const MINIMUM = 60;

export function frame(text: string): Uint8Array {
  const [, from, to, vlan, words] = /^(\w) > (\w|\*)(?: #(\d+))? (.+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || words === undefined) throw new SyntaxError(`no frame: ${text}`);
  const tag = vlan === undefined ? [] : [0x81, 0, Number(vlan) >> 8, Number(vlan) & 255];
  const octets = [...station(to), ...station(from), ...tag, ...LOCAL_EXPERIMENTAL, ...Buffer.from(`${words}\0`)];
  return Uint8Array.from([...octets, ...new Array<number>(Math.max(0, MINIMUM - octets.length)).fill(0)]);
}

/** What a frame says, or undefined where it is none of ours. */
export function words(octets: Uint8Array): string | undefined {
  const view = Buffer.from(octets);
  const tagged = view.readUInt16BE(12) === 0x8100;
  const header = tagged ? 18 : 14;
  if (view.readUInt16BE(header - 2) !== 0x88b5) return undefined;
  const end = view.indexOf(0, header);
  const tag = tagged ? ` #${view.readUInt16BE(14) & 0xfff}` : "";
  return `${letter(view.subarray(6))} > ${letter(view)}${tag} ${view.toString("utf8", header, end)}`;
}

/** The framing of vde_plug's standard input and output: two octets of length, the higher first, and the frame. */
export function framed(octets: Uint8Array): Uint8Array {
  return Uint8Array.from([octets.length >> 8, octets.length & 255, ...octets]);
}

/** The frames that are complete in a stream so far. */
export function* deframed(stream: Buffer): Generator<Uint8Array> {
  for (let at = 0; at + 2 <= stream.length; ) {
    const end = at + 2 + stream.readUInt16BE(at);
    if (end > stream.length) return;
    yield stream.subarray(at + 2, end);
    at = end;
  }
}

function station(name: string): number[] {
  return name === "*" ? [255, 255, 255, 255, 255, 255] : [2, 0, 0, 0, 0, name.charCodeAt(0)];
}

function letter(octets: Uint8Array): string {
  return octets[0] === 255 ? "*" : String.fromCharCode(octets[5] ?? 0);
}
