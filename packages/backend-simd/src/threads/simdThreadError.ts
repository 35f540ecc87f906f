/** A thread of the simd backend has ended, failed or got stuck. The backend computes no more; its tensors can be read. */
export class SimdThreadError extends Error {
  override readonly name = 'SimdThreadError';
}
