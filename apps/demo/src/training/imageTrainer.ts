import { type Evaluation, type LabelledBatches, type LossFunction, Trainer, type TrainerOptions } from '@flambeau/core';
import type { ImageModel } from '@flambeau/vision';
import { evaluateBatches, type TestEvaluation } from './evaluateOnTest.ts';

/** A trainer whose evaluations count the mistakes class by class, so that the last one need not be made again. */
export class ImageTrainer extends Trainer {
  /** What {@link evaluate} found last. */
  lastEvaluation: TestEvaluation | undefined;
  private readonly images: ImageModel;
  private readonly lossFunction: LossFunction | undefined;
  private readonly classes: readonly string[];

  constructor(
    options: TrainerOptions & { readonly model: ImageModel; readonly lossFunction?: LossFunction },
    classes: readonly string[],
  ) {
    super(options);
    this.images = options.model;
    this.lossFunction = options.lossFunction;
    this.classes = classes;
  }

  override async evaluate(loader: LabelledBatches): Promise<Evaluation> {
    const { images, lossFunction, classes } = this;
    this.lastEvaluation = await evaluateBatches(images, loader, classes, lossFunction);
    return this.lastEvaluation;
  }
}
