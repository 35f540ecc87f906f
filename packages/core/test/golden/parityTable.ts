import { type Backend, setDefaultBackend } from '../../src/backend/backend.ts';
import { families } from './families/all.ts';

/** One row of the parity table: what was compared with PyTorch, in how many cases, and the worst error by backend. */
export interface ParityRow {
  readonly family: string;
  readonly subject: string;
  readonly cases: number;
  /** max|Δ| / max|expected|, the worst of all outputs, gradients and cases. */
  readonly worst: Readonly<Record<string, number>>;
}

/** Which case belongs to which row, without computing anything. */
export function parityRows(): Omit<ParityRow, 'worst'>[] {
  return [...grouped().values()].map(({ family, subject, tests }) => ({ family, subject, cases: tests.length }));
}

/** Runs every recorded case on every backend, which is the default one meanwhile. */
export async function measureParity(backends: readonly Backend[]): Promise<ParityRow[]> {
  const errors = new Map<object, Record<string, number>>();
  for (const backend of backends) {
    setDefaultBackend(backend);
    for (const test of Object.values(families).flat()) {
      const comparisons = await test.compare(backend);
      const sofar = errors.get(test) ?? {};
      errors.set(test, { ...sofar, [backend.name]: Math.max(...comparisons.map(({ error }) => error)) });
    }
  }
  return [...grouped().values()].map(({ family, subject, tests }) => {
    const worstOn = ({ name }: Backend) => Math.max(...tests.map((test) => errors.get(test)![name]!));
    const worst = Object.fromEntries(backends.map((backend) => [backend.name, worstOn(backend)]));
    return { family, subject, cases: tests.length, worst };
  });
}

/** The table as Markdown, one section a family. */
export function formatParity(rows: readonly ParityRow[], backends: readonly string[]): string {
  const sections = [...new Set(rows.map(({ family }) => family))].map((family) => {
    const own = rows.filter((row) => row.family === family);
    const lines = own.map(({ subject, cases, worst }) => {
      const errors = backends.map((name) => formatError(worst[name]!));
      return `| ${subject} | ${cases} | ${errors.join(' | ')} |`;
    });
    const title = `${family[0]!.toUpperCase()}${family.slice(1)}`;
    const rule = `| --- | ---: |${' ---: |'.repeat(backends.length)}`;
    return [`## ${title}`, '', `| | cases | ${backends.join(' | ')} |`, rule, ...lines].join('\n');
  });
  return `${sections.join('\n\n')}\n`;
}

/** To one digit: further ones differ from machine to machine. */
const formatError = (error: number): string => (error === 0 ? '0' : error.toExponential(0));

function grouped() {
  const rows = new Map<string, { family: string; subject: string; tests: (typeof families)[string][number][] }>();
  for (const [family, tests] of Object.entries(families)) {
    for (const test of tests) {
      for (const subject of new Set(test.subjects)) {
        const key = `${family}/${subject}`;
        const row = rows.get(key) ?? { family, subject, tests: [] };
        row.tests.push(test);
        rows.set(key, row);
      }
    }
  }
  return rows;
}
