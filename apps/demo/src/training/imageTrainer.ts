import { type Evaluation, type LabelledBatches, Trainer, type TrainerOptions } from '@flambeau/core';
import type { ImageModel } from '@flambeau/vision';
import { evaluateBatches, type TestEvaluation } from './evaluateOnTest.ts';

/** A trainer whose evaluations count the mistakes class by class, so that the last one need not be made again. */
export class ImageTrainer extends Trainer {
  /** What {@link evaluate} found last. */
  lastEvaluation: TestEvaluation | undefined;
  private readonly classes: readonly string[];

  constructor(options: TrainerOptions & { readonly model: ImageModel }, classes: readonly string[]) {
    super(options);
    this.classes = classes;
  }

  override async evaluate(loader: LabelledBatches): Promise<Evaluation> {
    const { model, lossFunction, classes } = this;
    this.lastEvaluation = await evaluateBatches(model, loader, classes, lossFunction);
    return this.lastEvaluation;
  }
}
