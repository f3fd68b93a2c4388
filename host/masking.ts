// What is secret in a URL is for the other end of a link, and for nobody who reads a log or a console: every text that goes to
// people passes here.

/** What stands in the place of a secret. */
export const MASK = "***";

/** ws://user:PASSWORD@host */
const PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:)[^\s/?#]+@/gi;
/** ?token=SECRET&more=…, and what may stand behind it in a sentence, or close what the URL stands in. */
const PARAMETER = /([?&])([^\s=&?#]+)=([^\s&#"<>]*?)([}\]),.:']*)(?=$|[\s&#"<>])/g;
/** What our own messages say in the place of a token. */
const PLACEHOLDER = "TOKEN";
const SECRET = /(token|secret|passw(or)?d|passphrase|api-?key|signature|authorization)$/i;

/** The text without passwords and tokens of URLs. */
export function withoutSecrets(text: string): string {
  if (!text.includes("=") && !text.includes("@")) return text;
  return text
    .replace(PASSWORD, `$1${MASK}@`)
    .replace(PARAMETER, (whole, start: string, name: string, value: string, end: string) =>
      value !== "" && value !== PLACEHOLDER && SECRET.test(decoded(name)) ? `${start}${name}=${MASK}${end}` : whole,
    );
}

/** A name as the server will read it: %74oken is a token, too. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
