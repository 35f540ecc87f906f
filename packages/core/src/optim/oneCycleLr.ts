import type { Optimizer } from './optimizer.ts';
import type { Hyperparameters } from './parameterGroups.ts';
import type { Scheduler, SchedulerState } from './scheduler.ts';

export interface OneCycleLrOptions {
  /** The highest learning rate, of all groups or of each. */
  readonly maxLr: number | readonly number[];
  /** How many steps the cycle has; or give `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** The part of the cycle that rises. Default 0.3. */
  readonly pctStart?: number;
  /** Default `'cos'`. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** Moves momentum (SGD) or β₁ (Adam) against the learning rate. Default true. */
  readonly cycleMomentum?: boolean;
  /** Default 0.85. */
  readonly baseMomentum?: number;
  /** Default 0.95. */
  readonly maxMomentum?: number;
  /** The first learning rate is maxLr/divFactor. Default 25. */
  readonly divFactor?: number;
  /** The last learning rate is the first/finalDivFactor. Default 1e4. */
  readonly finalDivFactor?: number;
  /** Falls in two phases instead of one. Default false. */
  readonly threePhase?: boolean;
}

interface Phase {
  readonly endStep: number;
  readonly lr: readonly [number, number];
  readonly momentum: readonly [number, number];
}

/** A group whose momentum a cycle can move: SGD's `momentum`, Adam's first β. */
type Cycled = Hyperparameters & { momentum?: number; betas?: readonly [number, number] };

/**
 * The 1cycle policy: the learning rate rises from maxLr/divFactor to maxLr and falls to a far lower one, momentum the
 * other way round. Call {@link step} after every batch.
 *
 * Source: Smith and Topin, arXiv 1708.07120; `torch.optim.lr_scheduler.OneCycleLR`.
 */
export class OneCycleLR implements Scheduler {
  readonly optimizer: Optimizer;
  readonly totalSteps: number;
  /** For each group the phases of its cycle. */
  private readonly phases: readonly (readonly Phase[])[];
  private readonly anneal: (from: number, to: number, fraction: number) => number;
  private readonly cycleMomentum: boolean;
  private lastStep = 0;

  constructor(optimizer: Optimizer, options: OneCycleLrOptions) {
    const { maxLr, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
    const { baseMomentum = 0.85, maxMomentum = 0.95, annealStrategy = 'cos', cycleMomentum = true } = options;
    this.optimizer = optimizer;
    this.totalSteps = options.totalSteps ?? (options.epochs ?? 0) * (options.stepsPerEpoch ?? 0);
    if (!Number.isInteger(this.totalSteps) || this.totalSteps <= 0) {
      throw new RangeError('OneCycleLR: expected totalSteps, or epochs and stepsPerEpoch, whole and above 0');
    }
    if (!(pctStart >= 0 && pctStart <= 1))
      throw new RangeError(`OneCycleLR: expected pctStart in [0, 1], got ${pctStart}`);
    const groups: readonly Cycled[] = optimizer.paramGroups;
    if (cycleMomentum && groups.some(({ betas, momentum }) => !betas && !momentum)) {
      throw new RangeError('OneCycleLR: the optimizer has no momentum to cycle: pass cycleMomentum: false');
    }
    this.cycleMomentum = cycleMomentum;
    this.anneal = annealStrategy === 'cos' ? cosine : linear;

    const highest = typeof maxLr === 'number' ? groups.map(() => maxLr) : maxLr;
    if (highest.length !== groups.length) {
      throw new RangeError(`OneCycleLR: expected ${groups.length} maxLr, got ${highest.length}`);
    }
    const momenta = [maxMomentum, baseMomentum] as const;
    const last = this.totalSteps - 1;
    const riseEnd = pctStart * this.totalSteps - 1;
    this.phases = highest.map((top) => {
      const initialLr = top / divFactor;
      const finalLr = initialLr / finalDivFactor;
      const rise: Phase = { endStep: riseEnd, lr: [initialLr, top], momentum: momenta };
      const back: Phase['momentum'] = [baseMomentum, maxMomentum];
      if (!threePhase) return [rise, { endStep: last, lr: [top, finalLr], momentum: back }];
      return [
        rise,
        { endStep: 2 * pctStart * this.totalSteps - 2, lr: [top, initialLr], momentum: back },
        { endStep: last, lr: [initialLr, finalLr], momentum: [maxMomentum, maxMomentum] },
      ];
    });
    this.apply();
  }

  /** Moves on by one step. Throws after the last one. */
  step(): void {
    if (this.lastStep + 1 >= this.totalSteps + 1) {
      throw new RangeError(`OneCycleLR: step ${this.lastStep + 1} is beyond the cycle's ${this.totalSteps} steps`);
    }
    this.lastStep++;
    if (this.lastStep < this.totalSteps) this.apply();
  }

  stateDict(): SchedulerState {
    return { lastStep: this.lastStep };
  }

  loadStateDict(state: SchedulerState): void {
    this.lastStep = state.lastStep as number;
    if (this.lastStep < this.totalSteps) this.apply();
  }

  private apply(): void {
    for (const [i, group] of this.optimizer.paramGroups.entries()) {
      const phases = this.phases[i];
      const current = phases.findIndex(({ endStep }) => this.lastStep <= endStep);
      const phase = phases[current === -1 ? phases.length - 1 : current];
      const start = phases[phases.indexOf(phase) - 1]?.endStep ?? 0;
      // A rise of one single step begins at its end (PyTorch divides by zero there).
      const fraction = phase.endStep === start ? 1 : (this.lastStep - start) / (phase.endStep - start);
      group.lr = this.anneal(...phase.lr, fraction);
      if (this.cycleMomentum) setMomentum(group, this.anneal(...phase.momentum, fraction));
    }
  }
}

function setMomentum(group: Cycled, value: number): void {
  if (group.betas) group.betas = [value, group.betas[1]];
  else group.momentum = value;
}

const cosine = (from: number, to: number, fraction: number): number =>
  to + ((from - to) / 2) * (Math.cos(Math.PI * fraction) + 1);
const linear = (from: number, to: number, fraction: number): number => from + (to - from) * fraction;
