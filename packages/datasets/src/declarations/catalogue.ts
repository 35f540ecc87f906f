import { DataError } from '../dataError.ts';
import type { DatasetDeclaration, ImageDatasetDeclaration } from './declaration.ts';
import { fashionMnist } from './fashionMnist.ts';
import { glove, gloveOf } from './glove.ts';
import { imdb } from './imdb.ts';
import { kmnist } from './kmnist.ts';
import { mnist } from './mnist.ts';
import { translation } from './translation.ts';

/** The image data sets that this package knows. */
export const imageDatasets: readonly ImageDatasetDeclaration[] = [fashionMnist, mnist, kmnist];

/** Every data set that this package can find, fetch and verify. */
export const datasets: readonly DatasetDeclaration[] = [
  ...imageDatasets,
  imdb,
  glove,
  ...[50, 200, 300].map(gloveOf),
  translation,
];

/** The declaration of the data set called `name` (`fashion-mnist`). */
export function findDeclaration(name: string): DatasetDeclaration {
  const found = datasets.find((declaration) => declaration.name === name);
  if (found !== undefined) return found;
  const names = datasets.map((declaration) => declaration.name).join(', ');
  throw new DataError('unknown-dataset', `there is no data set "${name}": expected one of ${names}`);
}
