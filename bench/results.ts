// From samples to a verdict: medians of the rounds, ratios between subjects, and whether a target is met.

import type { Case, Figure, Sample, Target } from "./case.js";
import type { SubjectName } from "./subjects.js";

/** What the rounds of a case gave: samples by subject, and what went wrong. */
export interface Measured {
  readonly case: Case;
  readonly samples: Readonly<Record<SubjectName, Sample[]>>;
  /** Why there is nothing: the case is left out here, or a run failed. */
  readonly remarks: readonly string[];
}

/** One line of the table. */
export interface Row {
  readonly case: string;
  readonly figure: string;
  readonly unit: string;
  readonly medians: Readonly<Partial<Record<SubjectName, number>>>;
  /** Ours by theirs. */
  readonly ratios: Readonly<Partial<Record<SubjectName, number>>>;
  readonly targets: readonly Verdict[];
}

export interface Verdict {
  readonly text: string;
  /** Undefined where one side was not measured. */
  readonly met: boolean | undefined;
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** The value below which such a share of all is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function judge(target: Target, value: number | undefined, unit: string): Verdict {
  const bound = target.atLeast ?? target.atMost;
  const sign = target.atLeast === undefined ? "≤" : "≥";
  const text = target.against ? `${sign} ${bound}x ${target.against}` : `${sign} ${bound} ${unit}`;
  if (value === undefined) return { text, met: undefined };
  return { text, met: target.atLeast === undefined ? value <= target.atMost! : value >= target.atLeast };
}

function row({ case: { name, subjects }, samples }: Measured, figure: Figure): Row {
  const medians: Partial<Record<SubjectName, number>> = {};
  const ratios: Partial<Record<SubjectName, number>> = {};
  for (const subject of subjects) {
    const value = median(samples[subject].map((sample) => sample[figure.name]!));
    if (value === undefined) continue;
    medians[subject] = value;
    const ours = medians.etherloom;
    if (subject !== "etherloom" && ours !== undefined && value > 0) ratios[subject] = ours / value;
  }
  const targets = figure.targets.map((target) =>
    judge(target, target.against ? ratios[target.against] : medians.etherloom, figure.unit),
  );
  return { case: name, figure: figure.name, unit: figure.unit, medians, ratios, targets };
}

export function rows(measured: readonly Measured[]): Row[] {
  return measured.flatMap((one) => one.case.figures.map((figure) => row(one, figure)));
}
