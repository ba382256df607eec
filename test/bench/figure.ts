/** What a figure has to reach, on the engine it was promised for. */
export interface Target {
  of: 'ratio' | 'value';
  at: 'least' | 'most';
  bound: number;
}

/** One measured figure beside its baseline of the same run; both in `unit`, and `ratio` is the first by the second. */
export interface Figure {
  /** `accept.postgresql`: stable, for whoever compares runs. */
  name: string;
  /** What was measured and against what, for a reader of the table. */
  what: string;
  value: number;
  unit: string;
  baseline: number;
  ratio: number;
  target?: Target;
}

export const figure = (one: Omit<Figure, 'ratio'> & { ratio?: number }): Figure => ({
  ...one,
  ratio: one.ratio ?? one.value / one.baseline,
});

export function isMet({ target, value, ratio }: Figure): boolean | undefined {
  if (!target) return undefined;
  const measured = target.of === 'ratio' ? ratio : value;
  return target.at === 'least' ? measured >= target.bound : measured <= target.bound;
}

/** One line of JSON, with nothing in it but what was measured. */
export function lineOf({ name, value, unit, baseline, ratio }: Figure): string {
  return JSON.stringify({ name, value: round(value), unit, baseline: round(baseline), ratio: round(ratio) });
}

const HEADS = ['figure', 'value', 'baseline', 'unit', 'ratio', 'target', ''];

export function tableOf(figures: Figure[]): string {
  const rows = [HEADS, ...figures.map(cellsOf)];
  const widths = HEADS.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const numbers = [1, 2, 4];
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        numbers.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [...rows.map(line), '', ...figures.map(({ name, what }) => `${name}: ${what}`)].join('\n');
}

function cellsOf(one: Figure): string[] {
  const { name, value, baseline, unit, ratio, target } = one;
  const sign = target?.at === 'least' ? '≥' : '≤';
  const wanted = target ? `${sign} ${target.bound}${target.of === 'value' ? ` ${unit}` : ''}` : 'reported';
  const met = isMet(one);
  return [
    name,
    text(value),
    text(baseline),
    unit,
    text(ratio),
    wanted,
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ];
}

const text = (n: number) => String(round(n));
/** Three digits that mean something; the rest is noise. */
const round = (n: number) => (Math.abs(n) >= 100 ? Math.round(n) : Number(n.toPrecision(3)));
