import { type Backend, functional as F, tidy, toHost, valueAndGrad } from '@flambeau/core';
import { reshape } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectClose } from '../../../core/test/golden/closeTo.ts';
import type { GoldenCase } from '../../../core/test/golden/load.ts';
import { onBackends } from '../../../core/test/golden/onBackends.ts';
import { createSeq2Seq, IGNORED, type Seq2SeqBatch, type Seq2SeqConfig } from '../../src/index.ts';
import { recordedCases } from './recordings.ts';

interface Config {
  model: Seq2SeqConfig;
  loss: number;
}

const cases = recordedCases<Config>('seq2seq');
const sizes = { source: 9, target: 7 };

function batchOf(golden: GoldenCase<Config>, backend: Backend): Seq2SeqBatch {
  const tensor = (name: string) => backend.tensor(golden.tensor(name, 'int32'));
  const target = tensor('target');
  return { source: tensor('source'), sourceLengths: tensor('lengths'), input: tensor('input'), target, tokens: 13 };
}

/** The recorded tensors under a prefix, by what stands behind it. */
const under = (golden: GoldenCase<Config>, prefix: string) =>
  new Map(
    [...golden.tensors].flatMap(([key, values]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), values] as const] : [],
    ),
  );

onBackends("PyTorch's sequence to sequence models", (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const model = createSeq2Seq({ dropout: 0, ...golden.config.model }, sizes);
    model.loadStateDict(under(golden, 'parameters/'));
    const batch = batchOf(golden, backend());

    const { logits, weights } = tidy(() => model.forward(batch) as never) as ReturnType<typeof model.forward>;
    expectClose(await toHost(logits), golden.tensor('logits'), 'logits');
    if (weights === null) expect(golden.config.model.attention).toBe('none');
    else expectClose(await toHost(weights), golden.tensor('weights'), 'weights');

    const names = [...model.namedParameters().keys()];
    const { value, grads } = valueAndGrad(() => {
      const { logits } = model.forward(batch);
      const rows = reshape(logits, [-1, sizes.target]);
      return F.crossEntropy(rows, reshape(batch.target, [-1]), { ignoreIndex: IGNORED });
    }, model.parameters());
    expect((await value.data())[0]).toBeCloseTo(golden.config.loss, 5);
    const gradients = under(golden, 'gradients/');
    expect([...gradients.keys()].sort()).toEqual(names.sort());
    // The softmax cancels the bias of the scores: its gradient is 0, in PyTorch up to rounding.
    const cancelled = (name: string) => name.endsWith('Va.bias');
    for (const [i, name] of [...model.namedParameters().keys()].entries()) {
      if (!cancelled(name)) expectClose(await toHost(grads[i]!), gradients.get(name)!, `gradient of ${name}`);
    }
  });
});
