/** A text, a vocabulary or a file that this package can't work with; one sentence says why. */
export class TextError extends Error {
  override readonly name = 'TextError';
}
