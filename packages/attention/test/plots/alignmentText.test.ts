import { type Alignment, alignmentText } from '@flambeau/attention';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

const alignment = (source: string[], target: string[], weights: number[]): Alignment => ({
  source,
  target,
  attention: { dtype: 'float32', shape: [target.length, source.length], data: Float32Array.from(weights) },
});
const lines = (text: string) => text.split('\n').slice(0, -1);
const ESCAPE = String.fromCharCode(27);

describe('alignmentText', () => {
  it('shades cells, names columns downwards, and says what each row looked at most', () => {
    const small = alignment(['je', 'suis', '!'], ['i', 'm', '!'], [1, 0, 0, 0.2, 0.76, 0.04, 0.06, 0.44, 0.5]);
    expect(lines(alignmentText(small))).toEqual([
      '    s',
      '    u',
      '  j i',
      '  e s !',
      'i ██     100% je',
      'm ░░▓▓   76% suis',
      '! ░░▒▒▒▒ 50% !',
    ]);
  });

  it('uses escape codes only where colour is wanted', () => {
    const one = alignment(['oui'], ['yes'], [1]);
    expect(alignmentText(one)).not.toContain(ESCAPE);
    expect(alignmentText(one, { color: true })).toContain(`${ESCAPE}[36m██${ESCAPE}[39m`);
  });

  it('knows how wide signs are', () => {
    const wide = alignment(['我', '喜欢', '猫'], ['cats 🐈', 'i'], [0, 0, 1, 1, 0, 0]);
    const [first, second, cats, me] = lines(alignmentText(wide));
    expect([first, second]).toEqual(['          喜', '        我欢猫']);
    expect(stringWidth(cats!.split('██')[0]!)).toBe(12);
    expect(stringWidth(me!.split('██')[0]!)).toBe(8);
  });

  it('goes on below where the terminal is too narrow, and never beyond its width', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const weights = letters.flatMap((_, row) => letters.map((_, column) => (row === 25 - column ? 1 : 0)));
    const text = alignmentText(alignment(letters, [...letters].reverse(), weights), { width: 40 });
    for (const line of lines(text)) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    // Each row is there once a block, each column once.
    expect(lines(text).filter((line) => line.startsWith('z'))).toHaveLength(2);
    expect(text.match(/██/g)).toHaveLength(26);
  });

  it('cuts long names short', () => {
    const name = 'anticonstitutionnellement';
    const text = alignmentText(alignment([name], [name], [1]));
    expect(lines(text).at(-1)).toBe('anticonstitutionnel… ██ 100% anticonstitutionnel…');
    expect(lines(text)).toHaveLength(15);
  });

  it('lets nothing through that would move the cursor', () => {
    const text = alignmentText(alignment([`a${ESCAPE}[2J`, ' '], ['\n\r\t'], [0.5, 0.5]));
    expect(text).not.toContain(ESCAPE);
    expect(lines(text)).toHaveLength(6);
    expect(text).toContain('␣');
  });

  it('shows what is no number as nothing', () => {
    expect(lines(alignmentText(alignment(['a', 'b'], ['c'], [Number.NaN, 1]))).at(-1)).toBe('c   ██ 100% b');
  });

  it('refuses weights of another shape', () => {
    expect(() => alignmentText({ ...alignment(['a'], ['c'], [1]), source: ['a', 'b'] })).toThrow(
      'alignmentText: expected attention [target, source] = [1, 2], both above 0, got [1, 1]',
    );
  });
});
