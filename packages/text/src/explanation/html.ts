import { decisiveNgrams } from './decisiveNgrams.ts';
import type { Explanation } from './explanation.ts';
import { escapeMarkup } from './markup.ts';
import { branchNames, percent, type Segment, segments, signed } from './segments.ts';

export interface HtmlOptions {
  /** The page's title. Default `Explanation`. */
  readonly title?: string;
  /** How many n-grams are listed. Default 12. */
  readonly ngrams?: number;
}

const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2330; --faint: #5b6475; --line: #e1e5ec; --card: #f6f7fa;
  --for: 37 99 235; --against: 217 119 6; }
@media (prefers-color-scheme: dark) { :root { --paper: #12151c; --ink: #e6e9f0; --faint: #9aa3b5; --line: #2b3140; --card: #191e28;
  --for: 96 165 250; --against: 251 146 60; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.65 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.1rem; font-weight: 600; margin: 0 0 1.5rem; color: var(--faint); }
section { margin-bottom: 3rem; }
h2 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
h2 small { font-size: 1rem; font-weight: 400; color: var(--faint); margin-left: .5rem; }
.meter { height: .5rem; border-radius: .25rem; overflow: hidden; background: rgb(var(--against) / .35); margin: .75rem 0 .4rem; }
.meter i { display: block; height: 100%; background: rgb(var(--for)); }
.note, .legend { color: var(--faint); font-size: .875rem; margin: .25rem 0 1rem; }
.legend b { font-weight: 500; color: var(--ink); padding: .1em .4em; border-radius: .25em; margin-right: .35rem; }
.text { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem; margin: 1rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.text span { border-radius: .2em; padding: .08em 0; }
.f { background: rgb(var(--for) / var(--s)); }
.a { background: rgb(var(--against) / var(--s)); }
.legend .f, .legend .a { --s: .35; }
.u { text-decoration: underline dotted var(--faint); text-underline-offset: .2em; }
table { width: 100%; border-collapse: collapse; font-size: .925rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th { font-weight: 500; color: var(--faint); text-align: left; font-size: .8rem; }
td, th { padding: .28rem .5rem .28rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
td:nth-child(1) { overflow-wrap: anywhere; }
td:nth-child(2), th:nth-child(2) { text-align: right; white-space: nowrap; padding-right: .8rem; width: 5rem; }
td:nth-child(3) { width: 38%; }
th:nth-child(3) { text-align: center; }
td:nth-child(4) { color: var(--faint); font-size: .8rem; white-space: nowrap; }
.bar { display: block; position: relative; height: .8rem; }
.bar::before { content: ""; position: absolute; left: 50%; top: -.2rem; bottom: -.2rem; width: 1px; background: var(--line); }
.bar i { position: absolute; top: 0; bottom: 0; border-radius: .15rem; }
.bar .f { left: 50%; --s: 1; }
.bar .a { right: 50%; --s: 1; }
@media (max-width: 34rem) { td:nth-child(4), th:nth-child(4) { display: none; } main { padding: 1.25rem .9rem; } }
`;

/**
 * Explanations as one HTML page that needs nothing else: the text with its words coloured (blue for the class, orange
 * against it; a word's contribution when pointed at), and the n-grams that decided. Light and dark as the reader's system is.
 * Whatever the texts hold is escaped.
 *
 * @example
 * ```ts
 * await writeFile('why.html', explanationToHtml(await classifier.explain(review)));
 * ```
 */
export function explanationToHtml(
  explanations: Explanation | readonly Explanation[],
  { title = 'Explanation', ngrams = 12 }: HtmlOptions = {},
): string {
  const all = Array.isArray(explanations) ? (explanations as readonly Explanation[]) : [explanations as Explanation];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
${all.map((explanation) => section(explanation, ngrams)).join('\n')}
</main>
</body>
</html>
`;
}

function section(explanation: Explanation, limit: number): string {
  const { label, otherLabel, probability, logit, bias, words, unreadWords } = explanation;
  const unknown = words.filter(({ known }) => !known).length;
  const against = otherLabel ?? 'other classes';
  const notes = [
    unknown > 0 && `${count(unknown, 'word')} of ${words.length} unknown to the vocabulary (dotted)`,
    unreadWords > 0 && `the CNN has not read the last ${count(unreadWords, 'word')}`,
  ].filter((note) => note !== false);
  return `<section>
<h2>${escapeMarkup(label)}<small>${escapeMarkup(percent(probability))}</small></h2>
<div class="meter" role="img" aria-label="${escapeMarkup(`${label} ${percent(probability)}`)}"><i style="width:${(100 * probability).toFixed(1)}%"></i></div>
<p class="legend"><b class="f">for ${escapeMarkup(label)}</b><b class="a">for ${escapeMarkup(against)}</b> logit ${signed(logit)}, of which bias ${signed(bias)}</p>
<div class="text" dir="auto">${segments(explanation).map(piece).join('')}</div>
${notes.length > 0 ? `<p class="note">${escapeMarkup(notes.join('; '))}</p>\n` : ''}${table(explanation, limit)}
</section>`;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

function piece({ text, word, strength }: Segment): string {
  if (word === undefined) return escapeMarkup(text);
  const classes = [Math.abs(strength) >= 0.04 && (strength < 0 ? 'a' : 'f'), !word.known && 'u'].filter(
    (name) => name !== false,
  );
  if (classes.length === 0) return escapeMarkup(text);
  const shade = (0.08 + 0.62 * Math.abs(strength)).toFixed(2);
  return `<span class="${classes.join(' ')}" style="--s:${shade}" title="${signed(word.contribution)}">${escapeMarkup(text)}</span>`;
}

function table(explanation: Explanation, limit: number): string {
  const strongest = decisiveNgrams(explanation, limit);
  if (strongest.length === 0) return '<p class="note">No n-gram of the text has spoken for either class.</p>';
  const most = Math.max(...strongest.map(({ contribution }) => Math.abs(contribution)));
  const rows = strongest.map(({ ngram, contribution, branches }) => {
    const width = ((50 * Math.abs(contribution)) / most).toFixed(1);
    const bar = `<span class="bar"><i class="${contribution < 0 ? 'a' : 'f'}" style="width:${width}%"></i></span>`;
    return `<tr><td dir="auto">${escapeMarkup(ngram)}</td><td>${signed(contribution)}</td><td>${bar}</td><td>${branches.map((branch) => branchNames[branch]).join(' + ')}</td></tr>`;
  });
  return `<table>
<caption>What decided</caption>
<thead><tr><th scope="col">n-gram</th><th scope="col">logit</th><th scope="col">against · for</th><th scope="col">found by</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}
