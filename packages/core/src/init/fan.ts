/**
 * Fan-in and fan-out of a weight `[out, in, …]`: how many inputs feed one output, and how many outputs one input feeds,
 * each times the size of the receptive field.
 *
 * @throws {RangeError} for fewer than 2 dimensions.
 */
export function calculateFanInAndFanOut(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    throw new RangeError(`fan-in and fan-out need at least 2 dimensions, got shape [${shape.join(', ')}]`);
  }
  const receptiveField = shape.slice(2).reduce((product, side) => product * side, 1);
  return { fanIn: shape[1] * receptiveField, fanOut: shape[0] * receptiveField };
}

export type Nonlinearity = 'linear' | 'conv1d' | 'conv2d' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * How much a non-linearity asks the weights' standard deviation to be scaled: linear, convolution and sigmoid 1, tanh
 * 5/3, ReLU √2, leaky ReLU √(2/(1 + slope²)), SELU 3/4 (`torch.nn.init.calculate_gain`).
 *
 * @param slope - leaky ReLU's negative slope. Default 0.01.
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + slope ** 2));
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}
