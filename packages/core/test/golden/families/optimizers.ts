import * as tf from '@tensorflow/tfjs-core';
import { type Backend, toHost } from '../../../src/backend/backend.ts';
import { Parameter } from '../../../src/nn/parameter.ts';
import * as optim from '../../../src/optim/index.ts';
import { type HostArray, hostArray } from '../../../src/tensor/hostArray.ts';
import { type Comparison, camelCased, compareArrays, type GoldenTest } from '../comparison.ts';
import { type GoldenCase, loadGolden } from '../load.ts';

export interface OptimizerConfig {
  steps: number;
  kind: 'Adam' | 'AdamW' | 'SGD' | 'RMSprop' | 'clip';
  options: Record<string, unknown>;
  missing: [step: number, parameter: string][];
  lrs: number[] | null;
  groups: [parameters: string[], options: Record<string, unknown>][] | null;
}

type OptimizerClass = new (trained: Parameter[] | { params: Parameter[] }[], options: object) => optim.Optimizer;

/** Classes by PyTorch's names, which are ours. */
const classes = optim as unknown as Record<string, OptimizerClass>;

export const PARAMETERS = ['matrix', 'vector', 'kernel'];

const [problem, ...cases] = loadGolden<OptimizerConfig>('optimizers');
export const optimizerCases = cases.filter(({ config }) => config.kind !== 'clip');
const clipCases = cases.filter(({ config }) => config.kind === 'clip');
export const { steps } = problem!.config;

/** Row `step` of an array that holds one value a step. */
export function atStep(array: HostArray<'float32'>, step: number): HostArray<'float32'> {
  const size = array.data.length / array.shape[0]!;
  return hostArray('float32', array.shape.slice(1), array.data.slice(step * size, (step + 1) * size));
}

export const initialParameters = (backend: Backend): Parameter[] =>
  PARAMETERS.map((name) => new Parameter(problem!.tensor(`${name}/initial`), { backend }));

export function optimizerOf({ kind, options, groups }: OptimizerConfig, parameters: Parameter[]): optim.Optimizer {
  const Kind = classes[kind]!;
  const named = (names: string[]) => names.map((name) => parameters[PARAMETERS.indexOf(name)]!);
  const trained = groups?.map(([names, own]) => ({ params: named(names), ...camelCased(own) })) ?? parameters;
  return new Kind(trained, camelCased(options));
}

/** Takes the recorded steps from `from` to `to`, and calls `after` after each. */
export async function train(
  backend: Backend,
  golden: GoldenCase<OptimizerConfig>,
  optimizer: optim.Optimizer,
  parameters: Parameter[],
  [from, to]: [number, number],
  after: (step: number) => Promise<void> = async () => {},
): Promise<void> {
  const { missing, lrs } = golden.config;
  for (let step = from; step < to; step++) {
    if (lrs !== null) optimizer.lr = lrs[step]!;
    tf.tidy(() => {
      optimizer.minimize(() => {
        const terms = PARAMETERS.flatMap((name, i) => {
          if (missing.some(([when, which]) => when === step && which === name)) return [];
          const gradient = backend.tensor(atStep(problem!.tensor(`${name}/gradients`), step));
          return [tf.sum(tf.mul(parameters[i]!, gradient))];
        });
        return tf.addN(terms);
      });
    });
    await after(step);
  }
}

const stepping: GoldenTest[] = optimizerCases.map((golden) => ({
  subjects: [golden.config.kind],
  name: golden.name,
  async compare(backend) {
    const parameters = initialParameters(backend);
    const optimizer = optimizerOf(golden.config, parameters);
    const comparisons: Comparison[] = [];
    await train(backend, golden, optimizer, parameters, [0, steps], async (step) => {
      for (const [i, name] of PARAMETERS.entries()) {
        const expected = atStep(golden.tensor(name), step);
        comparisons.push(compareArrays(await toHost(parameters[i]!), expected, `${name} after step ${step}`));
      }
    });
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
    return comparisons;
  },
}));

const clipping: GoldenTest[] = clipCases.map((golden) => ({
  subjects: [golden.name.startsWith('clip_grad_norm') ? 'clipGradNorm' : 'clipGradValue'],
  name: golden.name,
  async compare(backend) {
    const given = PARAMETERS.map((name) => backend.tensor(atStep(problem!.tensor(`${name}/gradients`), 0)));
    const [, limit, norm] = /(?:norm|value) ([\de.]+)(?:, (\w+)-norm)?/.exec(golden.name)!;
    const normType = norm === undefined ? undefined : norm === 'inf' ? Infinity : Number(norm);
    const comparisons: Comparison[] = [];
    let clipped: (tf.Tensor | null)[];
    if (golden.name.startsWith('clip_grad_norm')) {
      const { gradients, totalNorm } = optim.clipGradNorm(given, Number(limit), { normType });
      comparisons.push(compareArrays(await toHost(totalNorm), golden.tensor('norm'), 'norm'));
      totalNorm.dispose();
      clipped = gradients;
    } else {
      clipped = optim.clipGradValue(given, Number(limit));
    }
    for (const [i, name] of PARAMETERS.entries()) {
      comparisons.push(compareArrays(await toHost(clipped[i]!), golden.tensor(name), name));
    }
    tf.dispose([...given, ...(clipped as tf.Tensor[])]);
    return comparisons;
  },
}));

export const optimizers: readonly GoldenTest[] = [...stepping, ...clipping];
