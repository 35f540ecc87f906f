/**
 * Times of different computations mean nothing: a sentence for everyone whose result is another than the first's.
 *
 * @param digests - the mean magnitude of each contestant's result; what they compute in another order differs by rounding.
 */
export function disagreements(digests: ReadonlyMap<string, number>): string[] {
  const [first, ...rest] = digests;
  if (first === undefined) return [];
  const [reference, expected] = first;
  return rest
    .filter(([, digest]) => !(Math.abs(digest - expected) <= 1e-3 * Math.abs(expected)))
    .map(([name, digest]) => `${name} computes something else than ${reference} (${digest} and ${expected})`);
}
