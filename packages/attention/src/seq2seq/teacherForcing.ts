/** How often a step is given the right word before it, after so many steps of training: a share from 0 to 1. */
export type TeacherForcingSchedule = (step: number) => number;

/**
 * Falls evenly from one share to another over so many steps, and stays there.
 *
 * @example
 * ```ts
 * const schedule = linearTeacherForcing({ from: 1, to: 0.5, steps: 10_000 });
 * translation(model, { teacherForcing: () => schedule(trainer.step) });
 * ```
 */
export function linearTeacherForcing(options: {
  readonly from?: number;
  readonly to: number;
  readonly steps: number;
}): TeacherForcingSchedule {
  const { from = 1, to, steps } = options;
  checkShare(from);
  checkShare(to);
  if (!(steps > 0)) throw new RangeError(`linearTeacherForcing: expected steps above 0, got ${steps}`);
  return (step) => from + (to - from) * Math.min(1, step / steps);
}

/**
 * Inverse sigmoid decay: k / (k + exp(step / k)), near 1 for some k·ln k steps and then falling to 0.
 *
 * Source: Bengio et al., "Scheduled sampling", arXiv 1506.03099.
 */
export function inverseSigmoidTeacherForcing(k: number): TeacherForcingSchedule {
  if (!(k >= 1)) throw new RangeError(`inverseSigmoidTeacherForcing: expected k of at least 1, got ${k}`);
  return (step) => k / (k + Math.exp(step / k));
}

/** Throws unless a share of teacher forcing lies between 0 and 1. */
export function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`expected a teacher forcing ratio from 0 to 1, got ${share}`);
}
