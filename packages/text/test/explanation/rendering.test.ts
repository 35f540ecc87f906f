import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Explanation, explanationToAnsi, explanationToHtml, explanationToSvg } from '../../src/index.ts';

const hostile = '<script>alert("x")</script> & \u001b[31mred\u001b[0m \u202e 😀 it\'s </style>';
const word = (token: string, text: string, contribution: number, known = true) => {
  const start = text.indexOf(token);
  return { token, start, end: start + token.length, contribution, known };
};

const explanation: Explanation = {
  text: hostile,
  label: 'po<s>',
  otherLabel: 'ne"g',
  probability: 0.9995,
  logit: 1.5,
  bias: 0.1,
  ngrams: [
    {
      branch: 'cnn',
      ngram: 'alert ( "x"',
      start: 1,
      length: 3,
      gap: false,
      contribution: 1,
      filter: { size: 3, index: 0 },
    },
    { branch: 'wide', ngram: 'red', start: 7, length: 1, gap: false, contribution: -0.6 },
    { branch: 'cnn', ngram: 'red', start: 7, length: 1, gap: false, contribution: 1, filter: { size: 3, index: 1 } },
  ],
  words: [
    word('script', hostile, 0.05),
    word('alert', hostile, 1),
    word('red', hostile, -0.4),
    word('😀', hostile, 0.8, false),
  ],
  unreadWords: 3,
};
const plainText = stripVTControlCharacters;

describe('an explanation for a terminal', () => {
  it('has no orders of the text for the terminal, only its own colours', () => {
    const shown = explanationToAnsi(explanation, { width: 60 });
    expect(plainText(shown)).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(plainText(shown)).toContain('[31mred[0m');
    expect(shown).toContain('\u001b[48;5;33;38;5;16malert\u001b[0m');
    expect(explanationToAnsi(explanation, { color: false })).not.toContain('\u001b');
  });

  it('says class, probability, n-grams and what was not read, and marks words where there is no colour', () => {
    const shown = explanationToAnsi(explanation, { color: false, width: 100 });
    expect(shown).toContain('po<s> >99.9%  logit +1.50, of which bias +0.10');
    expect(shown).toContain('[+alert]');
    expect(shown).toContain('[-red]');
    expect(shown).toContain('the CNN has not read the last 3 words');
    expect(shown).toMatch(/\+1\.00 █+ +alert \( "x" +CNN\n\+0\.40 █+ +red +CNN \+ linear/);
  });

  it.each([20, 33, 80])('keeps to %i columns', (width) => {
    const text = `${'a long review '.repeat(20)}${'x'.repeat(90)} end`;
    const words = ['long', 'x'.repeat(90), 'end'].map((token) => word(token, text, 1));
    for (const color of [true, false]) {
      const lines = plainText(
        explanationToAnsi({ ...explanation, text, words, unreadWords: 0 }, { width, color }),
      ).split('\n');
      const body = lines.slice(2, lines.indexOf('', 2));
      expect(Math.max(...body.map(({ length }) => length))).toBeLessThanOrEqual(width);
      const joined = body.join('').replace(/[\s[\]+]/g, '');
      expect(joined).toBe(text.replace(/\s/g, ''));
    }
  });
});

describe('an explanation as markup', () => {
  it('holds the text, escaped, in a page of its own', () => {
    const page = explanationToHtml(explanation, { title: '<b>"why"</b>' });
    expect(page).toContain('<title>&lt;b&gt;&quot;why&quot;&lt;/b&gt;</title>');
    expect(page.match(/<\/?script/g)).toBeNull();
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).not.toMatch(/https?:|url\(|@import|(?![\t\n])\p{Cc}/u);
    expect(page).toContain('prefers-color-scheme: dark');
    // Without tags and entities the text is whole.
    const body = /<div class="text"[^>]*>(.*?)<\/div>/s.exec(page)![1]!;
    const read = body
      .replace(/<[^>]+>/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&amp;/g, '&');
    expect(read).toBe(hostile.replaceAll('\u001b', ''));
    expect(body).toContain('<span class="f" style="--s:0.70" title="+1.00">alert</span>');
    expect(body).toContain('<span class="f u" style="--s:0.58" title="+0.80">😀</span>');
    expect(page).toContain('1 word of 4 unknown to the vocabulary (dotted); the CNN has not read the last 3 words');
  });

  it('may hold several explanations, or one in which nothing spoke', () => {
    expect(explanationToHtml([explanation, explanation]).match(/<section>/g)).toHaveLength(2);
    const silent = { ...explanation, ngrams: [], words: [] };
    expect(explanationToHtml(silent)).toContain('No n-gram of the text has spoken for either class.');
    expect(explanationToSvg(silent)).toContain('</svg>');
    expect(explanationToAnsi(silent)).toContain('po<s>');
  });

  it('is a chart of what decided, as SVG', () => {
    const svg = explanationToSvg(explanation);
    expect(svg).toContain('<title>po&lt;s&gt; &gt;99.9%</title>');
    expect(svg).toContain('alert ( &quot;x&quot; +1.00');
    expect(svg.match(/<rect[^>]* rx=/g)).toHaveLength(2);
    expect(svg).not.toMatch(/<script|(?![\t\n])\p{Cc}/u);
    const lone = explanationToSvg({ ...explanation, label: 'a\ud800b' });
    expect(lone).toContain('<title>ab');
  });
});
