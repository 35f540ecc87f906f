import type { Optimizer } from './optimizer.ts';
import { checkSteps, LRScheduler } from './scheduler.ts';

/**
 * The learning rate falls along half a cosine: lr = ηmin + (lr₀ − ηmin)·(1 + cos(π·epoch/Tmax))/2, and rises again after
 * Tmax epochs.
 *
 * Source: Loshchilov and Hutter, arXiv 1608.03983 (without its restarts).
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  /**
   * @param tMax - epochs until the lowest rate.
   * @param options.etaMin - the lowest rate. Default 0.
   */
  constructor(optimizer: Optimizer, tMax: number, { etaMin = 0 }: { readonly etaMin?: number } = {}) {
    super(optimizer);
    checkSteps('CosineAnnealingLR', 'tMax', tMax);
    this.tMax = tMax;
    this.etaMin = etaMin;
    this.jumpTo(0);
  }

  protected next(lr: number, baseLr: number, epoch: number): number {
    const { tMax, etaMin } = this;
    const height = (at: number) => 1 + Math.cos((Math.PI * at) / tMax);
    // The epoch before was at the lowest rate, from which no factor leads on.
    if ((((epoch - 1 - tMax) % (2 * tMax)) + 2 * tMax) % (2 * tMax) === 0) {
      return lr + ((baseLr - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    }
    return (height(epoch) / height(epoch - 1)) * (lr - etaMin) + etaMin;
  }

  protected at(baseLr: number, epoch: number): number {
    return this.etaMin + ((baseLr - this.etaMin) * (1 + Math.cos((Math.PI * epoch) / this.tMax))) / 2;
  }
}
