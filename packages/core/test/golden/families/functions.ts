import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as F from '../../../src/functional/index.ts';
import { manualSeed } from '../../../src/random/defaultGenerator.ts';
import { camelCased, compareGradients, type GoldenTest } from '../comparison.ts';
import { loadGolden } from '../load.ts';

type Options = Record<string, unknown>;
type Inputs = Readonly<Record<string, Tensor>>;

/** A function's cases: its inputs are the recorded tensors by name, its options the recorded ones in camel case. */
const family = (
  recording: string,
  subject: string,
  inputs: readonly string[],
  f: (inputs: Inputs, options: Options) => Tensor,
): GoldenTest[] =>
  loadGolden<Options>(recording).map((golden) => ({
    subjects: [subject],
    name: `${recording}: ${golden.name}`,
    async compare(backend) {
      const present = inputs.filter((name) => golden.tensors.has(name));
      const tensors = Object.fromEntries(present.map((name) => [name, backend.tensor(golden.tensors.get(name)!)]));
      if (golden.config.seed !== undefined) manualSeed(golden.config.seed as number);
      const options = camelCased(golden.config);
      const comparisons = await compareGradients(backend, golden, tensors, () => f(tensors, options));
      for (const tensor of Object.values(tensors)) tensor.dispose();
      return comparisons;
    },
  }));

/** The inputs of a text model's features, with filters of up to three heights. */
const features = ['ids', 'table', 'weight0', 'bias0', 'weight1', 'bias1', 'weight2', 'bias2'];
const attentionInputs = ['query', 'keys', 'values', 'score_weight', 'score_bias', 'lengths'];
const decoderInputs = [
  ...['embedded', 'keys', 'values', 'h0', 'c0', 'lengths', 'query_weight', 'query_bias', 'score_weight', 'score_bias'],
  ...['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'],
];

/** The first functions, in more cases than the layers' recording has of them. */
export const functions: readonly GoldenTest[] = [
  ...family('conv2d', 'Conv2d', ['input', 'weight', 'bias'], ({ input, weight, bias }, { bias: _, ...options }) =>
    F.conv2d(input!, weight!, bias, options),
  ),
  ...family('max_pool2d', 'MaxPool2d', ['input'], ({ input }, { kernelSize, ...options }) =>
    F.maxPool2d(input!, kernelSize as F.Pair, options),
  ),
  ...family('linear', 'Linear', ['input', 'weight', 'bias'], ({ input, weight, bias }) =>
    F.linear(input!, weight!, bias),
  ),
  ...family('embedding_conv_max', 'embeddingConvMax', features, ({ ids, table, ...filters }, { count, paddingIdx }) => {
    const numbered = (name: string) => Array.from({ length: count as number }, (_, i) => filters[`${name}${i}`]!);
    const padding = paddingIdx as number | null;
    return F.embeddingConvMax(ids!, table!, numbered('weight'), numbered('bias'), { paddingIdx: padding });
  }),
  ...family('relu', 'ReLU', ['input'], ({ input }) => F.relu(input!)),
  ...family('flatten', 'Flatten', ['input'], ({ input }, options) => F.flatten(input!, options)),
  ...family('dropout', 'Dropout', ['input'], ({ input }, options) => F.dropout(input!, options)),
  ...family('cross_entropy', 'CrossEntropyLoss', ['input', 'target', 'weight'], ({ input, target, weight }, options) =>
    F.crossEntropy(input!, target!, { ...options, weight }),
  ),
  ...family(
    'linear_cross_entropy',
    'functional.linearCrossEntropy',
    ['input', 'linear_weight', 'linear_bias', 'target', 'weight'],
    ({ input, linear_weight, linear_bias, target, weight }, options) =>
      F.linearCrossEntropy(input!, linear_weight!, target!, { ...options, linearBias: linear_bias, weight }),
  ),
  ...family('additive_attention', 'functional.additiveAttention', attentionInputs, (inputs) => {
    const { query, keys, values, score_weight, score_bias, lengths } = inputs;
    const { context, weights } = F.additiveAttention(query!, keys!, values!, score_weight!, {
      scoreBias: score_bias,
      lengths,
    });
    return inARow([context, weights]);
  }),
  ...family('attention_decoder', 'functional.attentionDecoder', decoderInputs, (inputs, options) => {
    const { embedded, keys, values, h0, c0, lengths, ...parameters } = inputs;
    const { outputs, contexts, weights, cN } = F.attentionDecoder(
      embedded!,
      keys!,
      values!,
      { h0: h0!, c0 },
      camelCased(parameters) as unknown as F.AttentionDecoderWeights,
      { ...options, lengths },
    );
    return inARow([outputs, contexts, weights, ...(cN === undefined ? [] : [cN])]);
  }),
];

/** Several outputs, as the recorders put them into one. */
function inARow(outputs: readonly Tensor[]): Tensor {
  return tf.concat(outputs.map((output) => tf.reshape(output, [-1])));
}
