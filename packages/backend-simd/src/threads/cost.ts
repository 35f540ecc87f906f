/**
 * About what kernels take on one thread, in nanoseconds for each element (of 4 bytes) or product: measured once, roundly, on a
 * 2 GHz server. They only decide from what size on threads are worth their while.
 */
export const COST = {
  /** A product and sum of a matrix multiplication or convolution. */
  product: 0.08,
  /** Reading and writing, with a little arithmetic. */
  element: 0.3,
  /** Copying without arithmetic. */
  copy: 0.15,
  /** Copying one by one between strides. */
  stridedCopy: 1,
  /** exp, log, tanh, sigmoid. */
  transcendental: 1.5,
  /** Softmax and cross-entropy, forward or back. */
  softmax: 2.5,
  reduction: 0.2,
  /** A pass of batch normalisation over its input. */
  batchNorm: 0.5,
  /** An input of a pooling window. */
  pool: 0.6,
  /** A feature of a key that a query is held against. */
  attention: 0.7,
  adam: 1.2,
  sgd: 0.5,
  rmsprop: 1.2,
} as const;

/** Floats of a cache line: the grain of splits between single floats. */
export const CACHE_LINE = 16;
