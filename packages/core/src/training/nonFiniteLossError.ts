/** The loss has become NaN or infinite; the parameters since then are lost. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';
}
