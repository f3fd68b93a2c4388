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
