/** The axis that `dim` means in a tensor of this rank; negative ones count from the end, as in PyTorch. */
export function resolveDimension(label: string, dim: number, rank: number): number {
  if (!Number.isInteger(dim) || dim < -rank || dim >= rank) {
    throw new RangeError(`${label}: expected a dimension in [${-rank}, ${rank - 1}], got ${dim}`);
  }
  return dim < 0 ? dim + rank : dim;
}
