import { DataError } from '../dataError.ts';
import type { WordVectorDeclaration } from './declaration.ts';

/** What differs between the members of `glove.6B.zip`. A SHA-256 is known for the most used one; CRC-32 guards them all. */
const members: Readonly<Record<number, { readonly bytes: number; readonly sha256?: string }>> = {
  50: { bytes: 171_350_079 },
  100: { bytes: 347_116_733, sha256: '95dde4dfd627ab26608d33e76d1195ec059734bd29089ea52cadb08d07c64544' },
  200: { bytes: 693_432_828 },
  300: { bytes: 1_037_962_819 },
};

/**
 * GloVe's vectors of 400,000 lower-case words, from Wikipedia 2014 and Gigaword 5 (`torchtext.vocab.GloVe('6B', dim)`).
 *
 * @param dimension 50, 100, 200 or 300
 * @throws {DataError} `bad-argument` for another one
 */
export function gloveOf(dimension: number): WordVectorDeclaration {
  const member = members[dimension];
  if (member === undefined) {
    throw new DataError('bad-argument', `expected dimension to be 50, 100, 200 or 300, got ${dimension}`);
  }
  const name = dimension === 100 ? 'glove' : `glove-${dimension}d`;
  return {
    kind: 'word-vectors',
    name,
    title: `GloVe 6B, ${dimension} numbers a word`,
    dimension,
    words: 400_000,
    folders: [...new Set([name, 'glove', 'glove.6B', '.vector_cache'])],
    files: [
      {
        name: `glove.6B.${dimension}d.txt`,
        ...member,
        archive: { name: 'glove.6B.zip', compression: 'zip', travelsAlone: true },
        acceptsOther: true,
      },
    ],
    mirrors: ['https://nlp.stanford.edu/data/', 'https://huggingface.co/stanfordnlp/glove/resolve/main/'],
    homepage: 'https://nlp.stanford.edu/projects/glove/',
    licence: { name: 'PDDL 1.0', url: 'https://opendatacommons.org/licenses/pddl/1-0/' },
    citation:
      'Jeffrey Pennington, Richard Socher, Christopher D. Manning: GloVe: Global Vectors for Word Representation. EMNLP (2014).',
  };
}

/** GloVe 6B with 100 numbers a word: {@link gloveOf}(100). */
export const glove: WordVectorDeclaration = gloveOf(100);
