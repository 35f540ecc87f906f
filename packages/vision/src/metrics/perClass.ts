/** How one class fared; shares are between 0 and 1. */
export interface ClassFigures {
  readonly name: string;
  /** Examples that are of the class. */
  readonly support: number;
  /** Examples of the class that were taken for it. */
  readonly truePositives: number;
  /** Of all that were taken for the class, the share that is of it: TP / (TP + FP); 0 where nothing was. */
  readonly precision: number;
  /** Of all that are of the class, the share that was taken for it: TP / (TP + FN); 0 where there is none. */
  readonly recall: number;
  /** The harmonic mean of precision and recall: 2·P·R / (P + R); 0 where both are. */
  readonly f1: number;
}

/**
 * Precision, recall and F1 for each class of a confusion matrix, as `sklearn.metrics.classification_report` gives them
 * (with `zero_division=0`).
 *
 * @param matrix - `matrix[i][j]` counts the examples of class i that were taken for class j.
 * @param classNames - one name for each class.
 * @throws RangeError if the matrix is not square with one row for each name.
 *
 * @example
 * ```ts
 * perClass([[50, 2], [5, 43]], ['cat', 'dog'])[1].precision; // 43 / 45
 * ```
 */
export function perClass(matrix: readonly ArrayLike<number>[], classNames: readonly string[]): ClassFigures[] {
  const size = classNames.length;
  if (matrix.length !== size || matrix.some((row) => row.length !== size)) {
    const shape = `${matrix.length}×${[...new Set(matrix.map((row) => row.length))].join('/')}`;
    throw new RangeError(`perClass: ${size} class names need a matrix of ${size}×${size}, got ${shape}`);
  }
  return classNames.map((name, index) => {
    const truePositives = matrix[index]![index]!;
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < size; other++) {
      support += matrix[index]![other]!;
      predicted += matrix[other]![index]!;
    }
    const precision = predicted > 0 ? truePositives / predicted : 0;
    const recall = support > 0 ? truePositives / support : 0;
    const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
    return { name, support, truePositives, precision, recall, f1 };
  });
}
