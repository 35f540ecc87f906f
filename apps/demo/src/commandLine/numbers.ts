import { InvalidArgumentError } from 'commander';

/** Reads a whole number of at least `least`, and nothing that only begins like one. */
function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A count of something that there must be: epochs, images in a batch, threads. */
export const parseCount = wholeNumber(1);

/** A place in a list, or a seed. */
export const parseIndex = wholeNumber(0);

/** A number above 0, such as a learning rate; `1e-3` is one, `0.01x` is not. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a number above 0, such as 0.01 or 1e-3.');
  }
  return value;
}
