// What is secret in a URL is for the other end of a link, and for nobody who reads a log or a console: every text that goes to
// people passes here.

/** What stands in the place of a secret. */
export const MASK = "***";

/** What a URL is written in. */
const WORD = /[^\s{}]+/g;
/** ws://user:PASSWORD@host, to the last @. What begins as a port is none; what should have been %2f may be in it. */
const PASSWORD = /(:\/\/[^/?#@:[\]]*:)(?!\d*(?:[/?#,]|->)).+@$/s;
/** wss://TOKEN@host: a user without a password, which on the web is a key, and nowhere else. */
const KEY = /((?:ws|http)s?:\/\/)[^\s/?#@:[\]{}]+:?@/gi;
/** ?token=SECRET&more=… */
const PARAMETER = /([?&])([^\s=&?#]+)=([^\s&#"<>]*)/g;
/** What may stand behind a URL in a sentence, or close what it stands in. */
const CLOSING = "}]),.:'";
/** What our own messages say in the place of a token. */
const PLACEHOLDER = "TOKEN";
const SECRET =
  /(?:token|secret|passw(?:or)?d|passphrase|(?:api|secret|access|private|preshared|^)[-_]?key|^psk|^pass|pwd|^auth|^jwt|^sig|signature|authorization)$/i;

/** The text without passwords and tokens of URLs. Peers write some of what comes here, so that it takes no longer than to read it. */
export function withoutSecrets(text: string): string {
  const plain = text.includes("@") ? text.replace(KEY, `$1${MASK}@`).replace(WORD, withoutPassword) : text;
  return plain.includes("=") ? plain.replace(PARAMETER, withoutValue) : plain;
}

function withoutPassword(word: string): string {
  const end = word.lastIndexOf("@") + 1;
  return word.slice(0, end).replace(PASSWORD, `$1${MASK}@`) + word.slice(end);
}

function withoutValue(whole: string, start: string, name: string, value: string): string {
  let end = value.length;
  while (end > 0 && CLOSING.includes(value.charAt(end - 1))) end--;
  const secret = value.slice(0, end);
  if (secret === "" || secret === PLACEHOLDER || !SECRET.test(decoded(name))) return whole;
  return `${start}${name}=${MASK}${value.slice(end)}`;
}

/** A name as the server will read it: %74oken is a token, too. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
