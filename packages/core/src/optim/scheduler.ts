import type { Optimizer } from './optimizer.ts';

/** What a scheduler remembers, as plain JSON. */
export interface SchedulerState {
  readonly [name: string]: number | readonly number[] | readonly SchedulerState[];
}

/** Changes an optimizer's learning rates over time. */
export interface Scheduler {
  /** Moves on by one step: an epoch or a batch, as the scheduler's page says. */
  step(): void;
  /** What it remembers, as plain JSON. */
  stateDict(): SchedulerState;
  /** Takes over what {@link stateDict} gave, and sets the learning rates as they were. */
  loadStateDict(state: SchedulerState): void;
}

/**
 * The base of the schedulers that give each epoch's learning rate from the one before, group by group, as PyTorch's
 * chainable ones do. Making one sets the first epoch's rate; each {@link step} moves on by one.
 */
export abstract class LRScheduler implements Scheduler {
  readonly optimizer: Optimizer;
  /** The groups' learning rates at the start, which schedulers reckon from. */
  readonly baseLrs: readonly number[];
  /** Steps taken so far. */
  lastEpoch = 0;

  constructor(optimizer: Optimizer) {
    this.optimizer = optimizer;
    this.baseLrs = optimizer.paramGroups.map((group) => (group.initialLr ??= group.lr));
  }

  /** The learning rate of an epoch from that of the epoch before. */
  protected abstract next(lr: number, baseLr: number, epoch: number): number;

  /** The learning rate of an epoch from the one at the start. */
  protected abstract at(baseLr: number, epoch: number): number;

  /** The groups' learning rates as they are now. */
  get lrs(): number[] {
    return this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  step(): void {
    this.lastEpoch++;
    this.setLrs(this.baseLrs.map((base, i) => this.next(this.optimizer.paramGroups[i].lr, base, this.lastEpoch)));
  }

  /** Starts (again) at an epoch, whatever the learning rates are now. */
  jumpTo(epoch: number): void {
    this.lastEpoch = epoch;
    this.setLrs(this.baseLrs.map((base) => this.at(base, epoch)));
  }

  stateDict(): SchedulerState {
    return { lastEpoch: this.lastEpoch, lrs: this.lrs };
  }

  loadStateDict(state: SchedulerState): void {
    this.lastEpoch = state.lastEpoch as number;
    this.setLrs(state.lrs as readonly number[]);
  }

  private setLrs(lrs: readonly number[]): void {
    const { paramGroups } = this.optimizer;
    if (lrs.length !== paramGroups.length) {
      throw new RangeError(`scheduler: expected ${paramGroups.length} learning rates, got ${lrs.length}`);
    }
    lrs.forEach((lr, i) => {
      paramGroups[i].lr = lr;
    });
  }
}

/** Throws unless a count of steps is whole and at least `least`. */
export function checkSteps(scheduler: string, name: string, value: number, least = 1): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${scheduler}: expected ${name} whole and at least ${least}, got ${value}`);
  }
}
