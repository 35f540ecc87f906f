import type { TranslationDeclaration } from './declaration.ts';

/**
 * 135,842 English–French sentence pairs of the Tatoeba project: the file that the PyTorch tutorial "Translation with a
 * sequence to sequence network and attention" trains on, with its archive as the mirror.
 *
 * The size of the archive is not pinned: its contents are, by their SHA-256.
 */
export const translation: TranslationDeclaration = {
  kind: 'translation-pairs',
  name: 'translation',
  title: 'English–French pairs',
  folders: ['translation', 'data'],
  languages: ['eng', 'fra'],
  files: [
    {
      name: 'eng-fra.txt',
      bytes: 9_541_158,
      sha256: '6b0f3decdb78600485b58efb541f5a2ab69ba888742ac04180e013084e40de7c',
      archive: { name: 'data.zip', compression: 'zip', member: 'data/eng-fra.txt' },
    },
  ],
  mirrors: ['https://download.pytorch.org/tutorial/'],
  homepage: 'https://www.manythings.org/anki/',
  licence: { name: 'CC BY 2.0 FR', url: 'https://creativecommons.org/licenses/by/2.0/fr/' },
  citation:
    'Tatoeba (tatoeba.org), tab-delimited bilingual sentence pairs prepared by Charles Kelly (manythings.org/anki).',
};
