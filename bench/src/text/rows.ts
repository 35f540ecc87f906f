import type { OpRow } from '../ops/rows.ts';

/** Training steps of the notes' TextCNN, as shipped and as a user writes it, on words that are made and, in `imdb`, on real ones. */
export function textRows(imdb: string | undefined): OpRow[] {
  const sources = [
    { name: "Zipf's words", words: 'zipf' },
    ...(imdb === undefined ? [] : [{ name: 'IMDB', words: imdb }]),
  ];
  return sources.flatMap(({ name, words }) =>
    (['as shipped', 'plainly'] as const).map(
      (written): OpRow => ({
        group: 'TextCNN step',
        label: `${name}, ${written === 'plainly' ? 'written plainly' : written}`,
        spec: { op: 'textStep', written, words },
      }),
    ),
  );
}
