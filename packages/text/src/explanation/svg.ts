import { decisiveNgrams } from './decisiveNgrams.ts';
import type { Explanation } from './explanation.ts';
import { escapeMarkup } from './markup.ts';
import { percent, signed } from './segments.ts';

export interface SvgOptions {
  /** In pixels. Default 720. */
  readonly width?: number;
  /** How many n-grams are drawn. Default 12. */
  readonly ngrams?: number;
}

const colors = {
  paper: '#ffffff',
  ink: '#1d2330',
  faint: '#5b6475',
  line: '#d5dae3',
  for: '#2563eb',
  against: '#d97706',
};
const rowHeight = 26;
const top = 76;
const font = 'Inter, system-ui, sans-serif';

/**
 * The n-grams that decided as a bar chart, an SVG document with its own background, title and description: to the right
 * what speaks for the class, to the left what speaks against it.
 *
 * @example
 * ```ts
 * await writeFile('why.svg', explanationToSvg(await classifier.explain(review)));
 * ```
 */
export function explanationToSvg(explanation: Explanation, { width = 720, ngrams = 12 }: SvgOptions = {}): string {
  const { label, otherLabel, probability, logit, bias } = explanation;
  const strongest = decisiveNgrams(explanation, ngrams);
  const height = top + Math.max(1, strongest.length) * rowHeight + 20;
  const most = Math.max(1e-9, ...strongest.map(({ contribution }) => Math.abs(contribution)));
  const labelWidth = Math.round(width * 0.34);
  const middle = Math.round(labelWidth + (width - labelWidth - 20) / 2);
  const room = (width - labelWidth - 20) / 2 - 52;
  const fits = Math.floor(labelWidth / 7.6);
  const rows = strongest.map(({ ngram, contribution }, i) => {
    const y = top + i * rowHeight;
    const length = Math.max(1, (room * Math.abs(contribution)) / most);
    const x = contribution < 0 ? middle - length : middle;
    const at = contribution < 0 ? x - 6 : x + length + 6;
    const signs = [...ngram];
    const shown = signs.length > fits ? `${signs.slice(0, fits - 1).join('')}…` : ngram;
    return `<g><title>${escapeMarkup(`${ngram}: ${signed(contribution)}`)}</title>
<text x="${labelWidth - 8}" y="${y + 14}" text-anchor="end" fill="${colors.ink}">${escapeMarkup(shown)}</text>
<rect x="${x.toFixed(1)}" y="${y + 2}" width="${length.toFixed(1)}" height="16" rx="2" fill="${contribution < 0 ? colors.against : colors.for}"/>
<text x="${at.toFixed(1)}" y="${y + 14}" text-anchor="${contribution < 0 ? 'end' : 'start'}" fill="${colors.faint}" font-size="12">${signed(contribution)}</text></g>`;
  });
  const summary = strongest.map(({ ngram, contribution }) => `${ngram} ${signed(contribution)}`).join(', ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${font}" font-size="13">
<title>${escapeMarkup(`${label} ${percent(probability)}`)}</title>
<desc>${escapeMarkup(`What decided, by contribution to the logit: ${summary || 'nothing'}.`)}</desc>
<rect width="${width}" height="${height}" fill="${colors.paper}"/>
<text x="20" y="32" font-size="18" font-weight="600" fill="${colors.ink}">${escapeMarkup(`${label} ${percent(probability)}`)}</text>
<text x="20" y="52" fill="${colors.faint}">${escapeMarkup(`logit ${signed(logit)}, of which bias ${signed(bias)}`)}</text>
<text x="${middle + 8}" y="52" fill="${colors.for}" font-weight="600">${escapeMarkup(`for ${label}`)}</text>
<text x="${middle - 8}" y="52" text-anchor="end" fill="${colors.against}" font-weight="600">${escapeMarkup(`for ${otherLabel ?? 'others'}`)}</text>
<line x1="${middle}" y1="${top - 8}" x2="${middle}" y2="${height - 14}" stroke="${colors.line}"/>
${rows.join('\n')}
</svg>
`;
}
