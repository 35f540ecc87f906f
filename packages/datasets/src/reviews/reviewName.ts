import { DataError } from '../dataError.ts';

/** What a review's path says of it. */
export interface ReviewName {
  readonly split: 'train' | 'test';
  /** Index into the classes: 0 negative, 1 positive. */
  readonly label: number;
  readonly id: number;
  /** The reviewer's stars, 1 to 10. */
  readonly rating: number;
  /** `ID_RATING.txt`. */
  readonly file: string;
}

export const splitNames = ['train', 'test'] as const;
export const classNames = ['neg', 'pos'] as const;

const filePattern = /^(\d{1,9})_(\d{1,2})\.txt$/;

/**
 * Reads `ID_RATING.txt`.
 *
 * @returns undefined for a file of another kind
 * @throws {DataError} `corrupt` for a rating that no reviewer can have given
 */
export function parseReviewName(
  path: string,
  split: ReviewName['split'],
  label: number,
  file: string,
): ReviewName | undefined {
  const match = filePattern.exec(file);
  if (match === null) return undefined;
  const [id, rating] = [Number(match[1]), Number(match[2])];
  if (rating >= 1 && rating <= 10) return { split, label, id, rating, file };
  throw new DataError('corrupt', `${path} holds the review ${file} with ${rating} stars, expected 1 to 10`, { path });
}
