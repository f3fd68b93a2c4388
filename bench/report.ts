// How results are shown: a table for the terminal or for the README, and a file for programs.

import { cpus, release } from "node:os";
import type { Measured, Row } from "./results.js";
import type { SubjectName } from "./subjects.js";

const HEADS = ["case", "figure", "etherloom", "vde_switch", "floor", "by vde_switch", "by floor", "target", ""];

/** A number with three digits that matter, so that a column can be read down. */
function show(value: number | undefined): string {
  if (value === undefined) return "";
  if (value >= 10_000) return `${Math.round(value / 1000)} k`;
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function ratio(value: number | undefined): string {
  return value === undefined ? "" : `${value.toFixed(2)}x`;
}

function mark(row: Row): string {
  return row.targets.map(({ met }) => (met === undefined ? "?" : met ? "pass" : "FAIL")).join(", ");
}

function cells(row: Row): string[] {
  const median = (subject: SubjectName) => show(row.medians[subject]);
  return [
    row.case,
    `${row.figure}, ${row.unit}`,
    ...[median("etherloom"), median("vde_switch"), median("floor")],
    ...[ratio(row.ratios.vde_switch), ratio(row.ratios.floor)],
    row.targets.map(({ text }) => text).join(", "),
    mark(row),
  ];
}

/** Columns padded for a terminal. */
export function textTable(rows: readonly Row[]): string {
  const lines = [HEADS, ...rows.map(cells)];
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const left = new Set([0, 1, 7, 8]);
  const pad = (text: string, i: number) => (left.has(i) ? text.padEnd(widths[i]!) : text.padStart(widths[i]!));
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}

export function markdownTable(rows: readonly Row[]): string {
  const lines = [HEADS, HEADS.map((_, i) => (i >= 2 && i <= 6 ? "---:" : "---")), ...rows.map(cells)];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** What it ran on, in a line. */
export function machine(): string {
  const processors = cpus();
  return `${processors.length} x ${processors[0]?.model.trim()}, Linux ${release()}, Node ${process.versions.node}`;
}

export function json(measured: readonly Measured[], rows: readonly Row[], rounds: number): string {
  const samples = measured.map((one) => ({ case: one.case.name, remarks: one.remarks, samples: one.samples }));
  return `${JSON.stringify({ machine: machine(), date: new Date().toISOString(), rounds, rows, samples }, null, 2)}\n`;
}
