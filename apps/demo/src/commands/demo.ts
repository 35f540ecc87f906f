import { Command } from 'commander';
import type { TrainOptions } from '../training/trainOptions.ts';
import { addTrainOptions, trainOrResume } from './train.ts';

export function demoCommand(): Command {
  const command = new Command('demo').description(
    "the main job: train the notes' CNN on FashionMNIST, evaluate it, draw its curves, mistakes and feature maps",
  );
  return addTrainOptions(command).action((options: TrainOptions) =>
    trainOrResume(command, 'fashion-mnist', options, { showFeatures: true }),
  );
}
