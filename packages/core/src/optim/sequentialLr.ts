import type { Optimizer } from './optimizer.ts';
import type { LRScheduler, Scheduler, SchedulerState } from './scheduler.ts';

/**
 * Schedulers one after the other: the next one starts, at its own beginning, at each of the milestones.
 *
 * @example
 * ```ts
 * const warmUp = new optim.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const rest = new optim.CosineAnnealingLR(optimizer, 95);
 * const scheduler = new optim.SequentialLR(optimizer, [warmUp, rest], [5]);
 * ```
 */
export class SequentialLR implements Scheduler {
  readonly optimizer: Optimizer;
  readonly schedulers: readonly LRScheduler[];
  readonly milestones: readonly number[];
  /** Steps taken so far. */
  lastEpoch = 0;

  /** @throws {RangeError} unless there is one milestone less than schedulers, and all are of this optimizer. */
  constructor(optimizer: Optimizer, schedulers: readonly LRScheduler[], milestones: readonly number[]) {
    if (schedulers.length === 0 || milestones.length !== schedulers.length - 1) {
      throw new RangeError(
        `SequentialLR: expected one milestone less than schedulers, got ${milestones.length} and ${schedulers.length}`,
      );
    }
    if (schedulers.some((scheduler) => scheduler.optimizer !== optimizer)) {
      throw new RangeError('SequentialLR: expected schedulers of the optimizer given, got one of another');
    }
    this.optimizer = optimizer;
    this.schedulers = schedulers;
    this.milestones = milestones;
    // All of them have set their first rate when they were made; the first one's is meant.
    schedulers[0].jumpTo(0);
  }

  step(): void {
    this.lastEpoch++;
    const current = this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    const scheduler = this.schedulers[current];
    if (current > 0 && this.milestones[current - 1] === this.lastEpoch) scheduler.jumpTo(0);
    else scheduler.step();
  }

  stateDict(): SchedulerState {
    const lrs = this.optimizer.paramGroups.map(({ lr }) => lr);
    return { lastEpoch: this.lastEpoch, lrs, schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  loadStateDict(state: SchedulerState): void {
    const states = state.schedulers as readonly SchedulerState[];
    if (states.length !== this.schedulers.length) {
      throw new RangeError(
        `SequentialLR: expected the state of ${this.schedulers.length} schedulers, got ${states.length}`,
      );
    }
    this.lastEpoch = state.lastEpoch as number;
    this.schedulers.forEach((scheduler, i) => {
      scheduler.loadStateDict(states[i]);
    });
  }
}
