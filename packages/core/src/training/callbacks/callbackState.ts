import { TrainerStateError } from '../trainerStateError.ts';

/** Checks what a file holds of a callback before any of it is taken over; `'number?'` may be null. */
export function checkState(
  owner: string,
  state: unknown,
  fields: Readonly<Record<string, 'number' | 'number?'>>,
): void {
  if (typeof state !== 'object' || state === null) throw new TrainerStateError(`the state of ${owner} is no object`);
  for (const [name, kind] of Object.entries(fields)) {
    const value = (state as Record<string, unknown>)[name];
    if (Number.isFinite(value) || (kind === 'number?' && value === null)) continue;
    throw new TrainerStateError(`the state of ${owner} has no number '${name}'`);
  }
}
