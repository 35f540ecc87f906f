import { DataError } from '../dataError.ts';
import type { ImageDatasetDeclaration, ImageSplitFiles } from '../declarations/declaration.ts';
import { parseIdx } from '../idx/parseIdx.ts';
import { ImageClassificationDataset } from './imageClassificationDataset.ts';

/** The two splits of an image data set. */
export interface ImageSplits {
  readonly train: ImageClassificationDataset;
  readonly test: ImageClassificationDataset;
  readonly classes: readonly string[];
}

/**
 * Makes the splits of an image data set from its unpacked files.
 *
 * @param files the contents of every file of `declaration`, by name
 * @throws {DataError} `not-found` if one is missing, and as {@link parseIdx} and {@link ImageClassificationDataset}
 */
export function imageSplits(declaration: ImageDatasetDeclaration, files: ReadonlyMap<string, Uint8Array>): ImageSplits {
  const parse = (name: string) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new DataError('not-found', `expected ${declaration.title}'s file ${name}, got none`);
    return parseIdx(bytes, name);
  };
  const split = ({ images, labels }: ImageSplitFiles) =>
    new ImageClassificationDataset(parse(images), parse(labels), declaration.classes);
  const { train, test } = declaration.splits;
  return { train: split(train), test: split(test), classes: declaration.classes };
}
