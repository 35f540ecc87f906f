import type { nn, Tensor } from '@flambeau/core';
import type { FeatureLayer } from '../features/featureLayer.ts';
import { NotesBnCnn } from './notesBnCnn.ts';
import { NotesCnn } from './notesCnn.ts';
import { NotesDropoutCnn } from './notesDropoutCnn.ts';
import { ResidualCnn } from './residualCnn.ts';

/** A network from images to logits that tells which of its layers can be looked at. */
export type ImageModel = nn.Module & {
  forward(images: Tensor): Tensor;
  readonly featureLayers: readonly FeatureLayer[];
};

/** A model that can be made by its name. */
export interface ImageModelEntry {
  readonly name: string;
  create(options?: nn.ModuleOptions): ImageModel;
  /** Channels, height and width of its images. */
  readonly inputShape: readonly [channels: number, height: number, width: number];
}

const notesInput = [1, 28, 28] as const;

/** The models of this package by the name of their class. */
export const imageModels: ReadonlyMap<string, ImageModelEntry> = new Map(
  [
    { name: 'NotesCnn', create: (options?: nn.ModuleOptions) => new NotesCnn(options), inputShape: notesInput },
    { name: 'NotesBnCnn', create: (options?: nn.ModuleOptions) => new NotesBnCnn(options), inputShape: notesInput },
    {
      name: 'NotesDropoutCnn',
      create: (options?: nn.ModuleOptions) => new NotesDropoutCnn(options),
      inputShape: notesInput,
    },
    { name: 'ResidualCnn', create: (options?: nn.ModuleOptions) => new ResidualCnn(options), inputShape: notesInput },
  ].map((entry) => [entry.name, entry]),
);

/** Keys that a model's state dict has and no other model's, in the order in which to try. */
const hallmarks: readonly (readonly [model: string, keys: readonly string[]])[] = [
  ['ResidualCnn', ['stem.conv.weight', 'residual2.conv.weight', 'out.weight']],
  ['NotesBnCnn', ['conv1.weight', 'bn1.weight', 'conv2.weight', 'fc1.weight', 'fc2.weight', 'out.weight']],
  // NotesDropoutCnn has these, too: in evaluation, which is what checkpoints are for, they are one model.
  ['NotesCnn', ['conv1.weight', 'conv2.weight', 'fc1.weight', 'fc2.weight', 'out.weight']],
];

/**
 * Which model a state dict belongs to: the one that its file's metadata name under `model`, else, for a file that
 * PyTorch wrote, the one that its keys fit.
 *
 * @throws RangeError if the metadata name a model that is not known, or if no model has these keys.
 */
export function modelOfStateDict(
  keys: Iterable<string>,
  metadata: ReadonlyMap<string, string> = new Map(),
): ImageModelEntry {
  const known = [...imageModels.keys()].join(', ');
  const named = metadata.get('model');
  if (named !== undefined) {
    const entry = imageModels.get(named);
    if (!entry) throw new RangeError(`the checkpoint is of the model '${named}', expected one of ${known}`);
    return entry;
  }
  const present = new Set(keys);
  const fitting = hallmarks.find(([, keys]) => keys.every((key) => present.has(key)));
  const entry = fitting && imageModels.get(fitting[0]);
  if (!entry) {
    const some = [...present].slice(0, 3).map((key) => `"${key}"`);
    throw new RangeError(
      `the checkpoint fits none of the models ${known}: its keys are ${some.join(', ') || 'none'}${present.size > 3 ? ', …' : ''}`,
    );
  }
  return entry;
}
