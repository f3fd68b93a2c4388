// The house rules that no compiler checks: who may import whom, what no code may do, and how long it may be.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("tidy");

const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
/** One table, which two compilers read, and which is read from top to bottom. */
const LONG = new Set(["assembly/abi.ts"]);

/** Who may import whom, by the start of what is imported. A folder may always import from itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  assembly: [],
  host: ["assembly/abi.js"],
  "host-node": ["assembly/abi.js", "host/", "node:"],
  "host-browser": ["assembly/abi.js", "host/"],
};

/** What only a few files may import: the way into the core, the way to the kernel, the way to the web. */
const ONLY: readonly [module: string, where: RegExp][] = [
  ["@assemblyscript/loader", /^host-(node|browser)\/wasm\.ts$|^tests\//],
  ["koffi", /^host-node\/native\//],
  ["ws", /^examples\/|^host-node\/(servers|transports)\/websocket|^(tests|bench)\//],
];

/** What would make a run depend on when and where it happens, or let the core have state that is not in its map. */
const BANNED: Readonly<Record<string, RegExp>> = {
  assembly: /^(?:export )?let |@inline|ts-ignore|\b(?:Math\.random|Date\.now|new [A-Z])/m,
  host: /\b(?:Math\.random|Date\.now|new Date\(|performance\.now)|@ts-/,
  "host-node": /@ts-|\bMath\.random/,
  "host-browser": /@ts-/,
};

/** Left-overs: notes to oneself, rulers, paths of somebody's machine, code that is switched off. */
const LEFT_OVER: readonly [what: string, pattern: RegExp][] = [
  [
    "a note to oneself",
    new RegExp(`\\b(?:${["TO", "FIX", "X"].map((word, i) => word + ["DO", "ME", "XX"][i]).join("|")})\\b`),
  ],
  ["a banner", /^\s*\/\/ ?[-=*#/]{3,}/m],
  ["a path of somebody's machine", /(?<![\w.])\/(?:home|work|Users)\/[a-z]/],
  ["code that is switched off", /^\s*\/\/ (?:const|let|return|if \(|for \(|import|export|await) ?.*[;{]$/m],
];

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

const root = new URL("../../", import.meta.url);

function sources(folder: string): Source[] {
  if (!existsSync(new URL(folder, root))) return [];
  const files = readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.includes("node_modules"))
    .map((file) => ({
      path: `${folder}/${file}`,
      folder,
      text: readFileSync(new URL(`${folder}/${file}`, root), "utf8"),
    }));
}

/** What a file imports, with paths from the root. */
function imports({ path, text }: Source): string[] {
  const found = text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm);
  return [...found].map(([, from, bare, dynamic]) => {
    const target = from ?? bare ?? dynamic ?? "";
    return target.startsWith(".") ? new URL(target, `file:///${path}`).pathname.slice(1) : target;
  });
}

/** The functions of a file that are too long. biome sets the indents, so that a function ends where its line's comes again. */
function longFunctions({ path, text }: Source): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, start) => {
    const [, indent] =
      /^(\s*)(?!if|for|while|switch|else|class|interface|\}).*(?:\bfunction\b.*|=>|\)(?:: [^=]+)?) \{$/.exec(line) ??
      [];
    if (indent === undefined) return [];
    const length = lines.slice(start).findIndex((other) => other.startsWith(`${indent}}`)) + 1;
    return length > FUNCTION_LINES_MAX ? [`${path}:${start + 1} has ${length} lines: ${line.trim()}`] : [];
  });
}

const folders = [...Object.keys(MAY_IMPORT), "guests", "examples", "tests", "bench", "scripts"];
const all = folders.flatMap(sources);

/** A test for each rule over all files, which names every file that breaks it. */
function rule(name: string, offences: (source: Source) => string[]): void {
  test(name, () => assert.equal(all.flatMap(offences), []));
}

test("there are files to look at", () => assert.ok(all.length > 100));

rule("every file imports only what its folder may", (source) => {
  const allowed = MAY_IMPORT[source.folder];
  if (allowed === undefined) return [];
  const special = ONLY.filter(([, where]) => where.test(source.path)).map(([module]) => module);
  const starts = [`${source.folder}/`, ...allowed, ...special];
  return imports(source)
    .filter((target) => !starts.some((start) => target.startsWith(start)))
    .map((target) => `${source.path} imports ${target}`);
});

rule("what only a few files may import is imported nowhere else", (source) =>
  ONLY.filter(([module, where]) => imports(source).includes(module) && !where.test(source.path)).map(
    ([module]) => `${source.path} imports ${module}`,
  ),
);

rule("no file that is shipped imports tests, benches, guests, examples or scripts", (source) =>
  MAY_IMPORT[source.folder] === undefined
    ? []
    : imports(source).filter((target) => /^(?:tests|bench|guests|examples|scripts)\//.test(target)),
);

rule("every relative import ends in .js, but for the core's own", (source) =>
  source.folder === "assembly"
    ? []
    : [...source.text.matchAll(/from "(\.[^"]*)"/g)]
        .filter(([, target = ""]) => !target.endsWith(".js"))
        .map(([, target]) => `${source.path} imports ${target}`),
);

rule("every file says first what it is for", ({ path, text }) =>
  /^(?:#!.*\n)?\/\/ \S.*[^\s]/.test(text) ? [] : [path],
);

rule(`no file has more than ${LINES_MAX} lines`, ({ path, text }) => {
  const lines = text.trimEnd().split("\n").length;
  return lines > LINES_MAX && !LONG.has(path) ? [`${path} has ${lines}`] : [];
});

rule(`no function has more than ${FUNCTION_LINES_MAX} lines`, longFunctions);

rule("no file has what its folder may not have", ({ path, folder, text }) => {
  const found = BANNED[folder]?.exec(text);
  return found === undefined || found === null ? [] : [`${path}: ${found[0].trim()}`];
});

rule("nothing is left over", ({ path, text }) =>
  LEFT_OVER.filter(([, pattern]) => pattern.test(text)).map(
    ([what, pattern]) => `${path}: ${what}: ${pattern.exec(text)?.[0].trim()}`,
  ),
);

test("the rules see what they are to see", () => {
  const long = `function f() {\n${"  x();\n".repeat(FUNCTION_LINES_MAX)}}\n`;
  const source = (text: string): Source => ({ path: "host/x.ts", folder: "host", text });
  assert.is(longFunctions(source(long)).length, 1);
  assert.equal(longFunctions(source(long.replace("  x();\n", ""))).length, 1);
  assert.equal(longFunctions(source(long.replace("  x();\n  x();\n", ""))), []);
  const statement =
    'import {\n  a,\n} from "../assembly/fdb.js";\nimport "koffi";\nconst b = await import("node:fs");\n';
  assert.equal(imports(source(statement)), ["assembly/fdb.js", "koffi", "node:fs"]);
  for (const text of ["const a = Date.now();", "Math.random()"]) assert.match(text, BANNED["host"]!);
  for (const text of ["let a = 1;", "export let b: u32 = 0;", "x = new Map()"]) assert.match(text, BANNED["assembly"]!);
  for (const text of ["// ----", "// =====", "// const a = 1;", ["", "home", "me"].join("/")])
    assert.ok(
      LEFT_OVER.some(([, pattern]) => pattern.test(text)),
      text,
    );
});

test.run();
