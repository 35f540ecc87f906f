import { verifyDataFile } from '../contents/verifyDataFile.ts';
import type { DatasetDeclaration, ReviewDatasetDeclaration } from '../declarations/declaration.ts';
import { checkReviewFolder } from '../reviews/checkReviewFolder.ts';
import type { FoundFile } from '../search/findFiles.ts';

const isReviews = (declaration: DatasetDeclaration): declaration is ReviewDatasetDeclaration =>
  'kind' in declaration && declaration.kind === 'reviews';

/**
 * Verifies a file of a data set, or the folder that stands in its place: of that, only names can be compared with what is
 * published.
 *
 * @returns SHA-256 of the contents, in hex; undefined for a folder
 * @throws {DataError} what is wrong with it
 */
export async function verifyFound(
  declaration: DatasetDeclaration,
  found: FoundFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (found.compression !== 'folder' || !isReviews(declaration)) return verifyDataFile(found, signal);
  checkReviewFolder(declaration, found.path);
  return undefined;
}
