/**
 * A map-style data set, as `torch.utils.data.Dataset`: it has a length and gives the example at an index.
 *
 * `Example` is a tuple (or a record) of {@link HostArray}s and numbers, as one writes `(image, label)` in PyTorch.
 */
export interface Dataset<Example = unknown> {
  readonly length: number;
  /** The example at `index` (PyTorch's `__getitem__`). */
  get(index: number): Example | Promise<Example>;
  /**
   * Optional (PyTorch's `__getitems__`): the examples at `indices`, already collated, every array with a leading batch
   * dimension. A data set whose examples lie in one array gives it so that no array is made per example.
   */
  getBatch?(indices: ArrayLike<number>): unknown;
}
