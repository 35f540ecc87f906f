import { DataError } from '../dataError.ts';
import type { ReviewDatasetDeclaration } from '../declarations/declaration.ts';
import { listReviewFolder } from './readReviewFolder.ts';
import { classNames, splitNames } from './reviewName.ts';

/**
 * Counts the reviews in an unpacked folder, which has no checksum.
 *
 * @throws {DataError} `incomplete` where there are others than the published ones
 */
export function checkReviewFolder(declaration: ReviewDatasetDeclaration, path: string): void {
  const { files } = listReviewFolder(path);
  for (const split of splitNames) {
    for (const [label, called] of classNames.entries()) {
      const count = files.filter(({ name }) => name.split === split && name.label === label).length;
      const published = declaration.counts[split][label];
      if (count === published) continue;
      const problem = `${path} holds ${count} reviews in ${split}/${called}, expected the published ${published}`;
      throw new DataError('incomplete', problem, { path });
    }
  }
}
