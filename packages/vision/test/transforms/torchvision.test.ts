import { readFileSync } from 'node:fs';
import { defaultGenerator, hostArray, manualSeed } from '@flambeau/core';
import { describe, expect, it } from 'vitest';
import { transforms } from '../../src/index.ts';
import type { Padding, PaddingMode } from '../../src/transforms/padding.ts';

/** Recorded by test/golden/transforms.py. */
interface Recorded {
  name: string;
  seed: number;
  steps: ({ kind: string } & Record<string, unknown>)[];
  shape: number[];
  images: number[];
  output_shape: number[];
  output: number[];
  next: number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../golden/recordings/transforms.json', import.meta.url), 'utf8'),
) as { cases: Recorded[] };

function make({ kind, ...given }: Recorded['steps'][number]): transforms.Transform {
  switch (kind) {
    case 'RandomCrop':
      return new transforms.RandomCrop(given.size as [number, number], {
        padding: given.padding as Padding | undefined,
        padIfNeeded: given.pad_if_needed as boolean | undefined,
        fill: given.fill as number | undefined,
        paddingMode: given.padding_mode as PaddingMode | undefined,
      });
    case 'RandomHorizontalFlip':
      return new transforms.RandomHorizontalFlip(given.p as number | undefined);
    case 'Normalize':
      return new transforms.Normalize(given.mean as number[], given.std as number[]);
    case 'RandomErasing':
      return new transforms.RandomErasing(given as transforms.RandomErasingOptions);
    default:
      throw new Error(`no transform ${kind}`);
  }
}

describe("torchvision's transforms, image by image from the same seed", () => {
  it.each(cases.map((recorded) => [recorded.name, recorded] as const))('%s', (_, recorded) => {
    const steps = recorded.steps.map(make);
    const transform = steps.length === 1 ? steps[0]! : new transforms.Compose(steps);
    const images = hostArray('float32', recorded.shape, Float32Array.from(recorded.images));
    manualSeed(recorded.seed);
    const output = transform.forward(images);
    expect(output.shape).toEqual(recorded.output_shape);
    expect(output.data).toEqual(Float32Array.from(recorded.output));
    expect(images.data, 'what was given').toEqual(Float32Array.from(recorded.images));
    expect(defaultGenerator.uniform(new Float32Array(2)), 'what the generator gives next').toEqual(
      Float32Array.from(recorded.next),
    );
  });
});
