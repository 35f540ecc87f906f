import type { Optimizer } from './optimizer.ts';
import type { Scheduler } from './scheduler.ts';

export interface OneCycleLrOptions {
  /** The highest learning rate. */
  readonly maxLr: number;
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

/** An optimizer whose momentum a cycle can move: SGD's `momentum`, Adam's first β. */
type Cycled = Optimizer & { momentum?: number; betas?: readonly [number, number] };

/**
 * The 1cycle policy: the learning rate rises from maxLr/divFactor to maxLr and falls to a far lower one, momentum the
 * other way round. Call {@link step} after every batch.
 *
 * Source: Smith and Topin, arXiv 1708.07120; `torch.optim.lr_scheduler.OneCycleLR`.
 */
export class OneCycleLR implements Scheduler {
  readonly optimizer: Optimizer;
  readonly totalSteps: number;
  private readonly phases: readonly Phase[];
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
    const cycled = optimizer as Cycled;
    if (cycleMomentum && !cycled.betas && !cycled.momentum) {
      throw new RangeError('OneCycleLR: the optimizer has no momentum to cycle: pass cycleMomentum: false');
    }
    this.cycleMomentum = cycleMomentum;
    this.anneal = annealStrategy === 'cos' ? cosine : linear;

    const initialLr = maxLr / divFactor;
    const finalLr = initialLr / finalDivFactor;
    const rise = {
      endStep: pctStart * this.totalSteps - 1,
      lr: [initialLr, maxLr],
      momentum: [maxMomentum, baseMomentum],
    } as const;
    const last = this.totalSteps - 1;
    this.phases = threePhase
      ? [
          rise,
          {
            endStep: 2 * pctStart * this.totalSteps - 2,
            lr: [maxLr, initialLr],
            momentum: [baseMomentum, maxMomentum],
          },
          { endStep: last, lr: [initialLr, finalLr], momentum: [maxMomentum, maxMomentum] },
        ]
      : [rise, { endStep: last, lr: [maxLr, finalLr], momentum: [baseMomentum, maxMomentum] }];
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

  stateDict(): Record<string, number> {
    return { lastStep: this.lastStep };
  }

  loadStateDict({ lastStep }: Record<string, number>): void {
    this.lastStep = lastStep;
    if (lastStep < this.totalSteps) this.apply();
  }

  private apply(): void {
    let start = 0;
    for (const [i, phase] of this.phases.entries()) {
      if (this.lastStep <= phase.endStep || i === this.phases.length - 1) {
        const fraction = (this.lastStep - start) / (phase.endStep - start);
        this.optimizer.lr = this.anneal(...phase.lr, fraction);
        if (this.cycleMomentum) this.setMomentum(this.anneal(...phase.momentum, fraction));
        return;
      }
      start = phase.endStep;
    }
  }

  private setMomentum(value: number): void {
    const cycled = this.optimizer as Cycled;
    if (cycled.betas) cycled.betas = [value, cycled.betas[1]];
    else cycled.momentum = value;
  }
}

const cosine = (from: number, to: number, fraction: number): number =>
  to + ((from - to) / 2) * (Math.cos(Math.PI * fraction) + 1);
const linear = (from: number, to: number, fraction: number): number => from + (to - from) * fraction;
