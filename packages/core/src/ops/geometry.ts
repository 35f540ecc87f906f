/** Sizes of a sliding window, as PyTorch's convolution and pooling layers take them. */
export type Size2d = readonly [height: number, width: number];
/** Zeros (or −∞, for a maximum) around an image: top, bottom, left, right. */
export type Padding2d = readonly [top: number, bottom: number, left: number, right: number];

/**
 * How many positions a window has along one side:
 * N = ⌊(W + P − D·(F − 1) − 1) / S⌋ + 1, which for D = 1 is ⌊(W − F + P) / S⌋ + 1.
 *
 * @param size - W, the length of the input.
 * @param kernel - F, the length of the window.
 * @param stride - S.
 * @param padding - P, both ends together.
 * @param dilation - D.
 * @param ceilMode - rounds up instead (as `MaxPool2d(ceil_mode=True)`), but a window must start within the input or its
 *   leading padding.
 */
export function outputSize(
  size: number,
  kernel: number,
  { stride = 1, padding = [0, 0], dilation = 1, ceilMode = false }: WindowOptions = {},
): number {
  const span = size + padding[0] + padding[1] - dilation * (kernel - 1) - 1;
  if (!ceilMode) return Math.floor(span / stride) + 1;
  const count = Math.ceil(span / stride) + 1;
  return (count - 1) * stride >= size + padding[0] ? count - 1 : count;
}

export interface WindowOptions {
  readonly stride?: number;
  readonly padding?: readonly [number, number];
  readonly dilation?: number;
  readonly ceilMode?: boolean;
}
