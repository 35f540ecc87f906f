/** Throws unless there are hypotheses, and one or more references for each of them. */
export function checkReferences(
  caller: string,
  hypotheses: readonly unknown[],
  references: readonly (readonly unknown[])[],
): void {
  if (hypotheses.length !== references.length) {
    throw new RangeError(
      `${caller}: expected a list of references for each of ${hypotheses.length} hypotheses, got ${references.length}`,
    );
  }
  if (hypotheses.length === 0) throw new RangeError(`${caller}: expected one or more hypotheses, got none`);
  const without = references.findIndex(({ length }) => length === 0);
  if (without >= 0)
    throw new RangeError(`${caller}: expected one or more references for hypothesis ${without}, got none`);
}
