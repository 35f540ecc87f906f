import type { ConformanceResult } from '../../src/conformance/index.ts';

/** What a backend did in one place. */
export interface Column {
  readonly name: string;
  readonly place: 'Node' | 'Chromium';
  readonly device: string;
  readonly results: readonly ConformanceResult[];
  /** Why it could not be had, if it couldn't. */
  readonly missing?: string;
}

const preface = `# What each backend can do

Each row is an op of this library, or a kernel of TensorFlow.js that it uses, over odd shapes, forward and gradient. The number
is the worst error against the \`cpu\` backend's, as the largest difference over the largest expected number; 0 is equal bit for
bit, and ✗ says how many cases fail. Every layer is made of these. Written by \`pnpm capabilities --write\`.

`;

/** The table as Markdown: one row an op, one column a backend in one place. */
export function formatCapabilities(columns: readonly Column[]): string {
  const present = columns.filter(({ missing }) => missing === undefined);
  const ops = [...new Set(present.flatMap(({ results }) => results.map(({ op }) => op)))];
  const heading = ['', 'cases', ...present.map(({ name, place }) => `${name}, ${place}`)];
  const rows = ops.map((op) => {
    const cells = present.map(({ results }) => formatCell(results.filter((result) => result.op === op)));
    const cases = present[0]!.results.filter((result) => result.op === op).length;
    return [`\`${op}\``, String(cases), ...cells];
  });
  const lines = [heading, ['---', ...heading.slice(1).map(() => '---:')], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  const devices = columns.map(({ name, place, device, missing }) =>
    missing === undefined ? `- ${name}, ${place}: ${device}` : `- ${name}, ${place}: left out. ${missing}`,
  );
  return `${preface}${lines.join('\n')}\n\nMeasured on:\n\n${devices.join('\n')}\n`;
}

/** To one digit: further ones differ from machine to machine. */
function formatCell(results: readonly ConformanceResult[]): string {
  const failed = results.filter(({ passed }) => !passed).length;
  if (failed > 0) return `✗ ${failed}`;
  const worst = Math.max(...results.map((result) => result.worst));
  return worst === 0 ? '0' : worst.toExponential(0);
}
