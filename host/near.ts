// Whether one word was perhaps meant by another.

/** Whether one letter more, less, changed or swapped with its neighbour makes `typed` the name. Short names never are. */
export function isNear(name: string, typed: string): boolean {
  if (name.length < 3 || name === typed || Math.abs(name.length - typed.length) > 1) return false;
  let start = 0;
  while (start < name.length && name[start] === typed[start]) start++;
  const [left, right] = [name.slice(start), typed.slice(start)];
  const swapped = `${right[1] ?? ""}${right[0] ?? ""}${right.slice(2)}`;
  return left.slice(1) === right || left === right.slice(1) || left.slice(1) === right.slice(1) || left === swapped;
}

const MEANT_MAX = 4;

/** What a mistyped word perhaps meant, as the end of a sentence: ": perhaps port/print or port/remove"; "" where nothing is near. */
export function perhaps(names: Iterable<string>, typed: string): string {
  const found = meant([...names], typed);
  if (found.length === 0) return "";
  const last = found.slice(-1);
  const others = found.slice(0, -1);
  return `: perhaps ${[...(others.length > 0 ? [others.join(", ")] : []), ...last].join(" or ")}`;
}

/** Names that are near; or that begin so; or paths whose last part is so. Too many help nobody. */
function meant(names: readonly string[], typed: string): readonly string[] {
  if (typed.length < 2) return [];
  const lower = typed.toLowerCase();
  const ways: ((name: string) => boolean)[] = [
    (name) => name.toLowerCase() === lower,
    (name) => isNear(name, lower),
    (name) => name.startsWith(lower),
    (name) => name.includes("/") && pathsAreNear(name, lower),
    (name) => name.split("/").slice(1).includes(lower),
  ];
  for (const way of ways) {
    const found = names.filter(way);
    if (found.length > 0) return found.length <= MEANT_MAX ? found : [];
  }
  return [];
}

/** Paths of which each part is the other's, begins so, or is near. */
function pathsAreNear(name: string, typed: string): boolean {
  const [parts, typedParts] = [name.split("/"), typed.split("/")];
  if (parts.length !== typedParts.length) return false;
  return parts.every((part, i) => {
    const word = typedParts[i]!;
    return part === word || isNear(part, word) || (word.length > 1 && part.startsWith(word));
  });
}
