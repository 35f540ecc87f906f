/** PyTorch's generator alone: random numbers without TensorFlow.js, for whoever prepares data. */
export { Generator } from './generator.ts';
