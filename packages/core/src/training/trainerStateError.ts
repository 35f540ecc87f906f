/** A state that is damaged, or of another run than the one that shall take it over. */
export class TrainerStateError extends Error {
  override readonly name = 'TrainerStateError';
}
