import { concat, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { additiveAttention } from '../ops/additiveAttention.ts';
import { attentionDecoder } from '../ops/attentionDecoder.ts';
import { GATES, type GatedCell } from '../ops/recurrentCell.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import type { ConformanceCase } from './case.ts';
import { mappedValues, normalValues } from './values.ts';

/** Sizes by the letters of the ops' descriptions. */
interface Sizes {
  readonly N: number;
  readonly T: number;
  readonly S: number;
  readonly A: number;
  readonly C: number;
}

/** Several outputs in one, so that the gradient is taken through all of them. */
const inARow = (outputs: readonly Tensor[]): Tensor[] => [concat(outputs.map((output) => reshape(output, [-1])))];
const lengthsOf = (lengths: readonly number[] | undefined) =>
  lengths && { lengths: hostArray('int32', [lengths.length], Int32Array.from(lengths)) };

/** What stands beyond a row's length, where nothing should look. */
function spoilt(array: HostArray<'float32'>, lengths: readonly number[] | undefined): HostArray<'float32'> {
  if (lengths === undefined) return array;
  const [, places, width] = array.shape;
  const data = array.data.map((value, i) => {
    const row = Math.floor(i / width);
    return row % places < lengths[Math.floor(row / places)] ? value : Number.NaN;
  });
  return hostArray('float32', array.shape, data);
}

function additiveAttentionCase(title: string, { N, T, S, A, C }: Sizes, lengths?: readonly number[]): ConformanceCase {
  const float = {
    query: normalValues(40, [N, T, A]),
    keys: spoilt(normalValues(41, [N, S, A]), lengths),
    values: spoilt(normalValues(42, [N, S, C]), lengths),
    scoreWeight: normalValues(43, [A]),
    scoreBias: normalValues(44, [1]),
  };
  return {
    op: 'flambeau::additive_attention',
    title,
    inputs: { ...float, ...lengthsOf(lengths) },
    differentiable: ['query', 'keys', 'values', 'scoreWeight'],
    compute: (inputs) => inARow(additiveAttention(inputs as never, {})),
  };
}

const additiveAttentionCases = [
  additiveAttentionCase('one step', { N: 3, T: 1, S: 5, A: 8, C: 12 }),
  additiveAttentionCase('several steps', { N: 2, T: 3, S: 4, A: 16, C: 8 }),
  additiveAttentionCase('one of everything', { N: 1, T: 1, S: 1, A: 1, C: 1 }),
  additiveAttentionCase("sizes beside a vector's", { N: 5, T: 3, S: 7, A: 13, C: 18 }),
  additiveAttentionCase('lengths, an empty row, NaN beyond', { N: 4, T: 3, S: 7, A: 9, C: 11 }, [7, 0, 3, 1]),
];

interface DecoderSizes extends Sizes {
  readonly E: number;
  readonly H: number;
}

function decoderCase(
  title: string,
  cell: GatedCell,
  { N, T, S, A, C, E, H }: DecoderSizes,
  { lengths, contextFirst = false, biases = true }: DecoderOptions = {},
): ConformanceCase {
  const maps = GATES[cell] * H;
  /** Small enough that no gate is stuck at 0 or 1. */
  const weights = (seed: number, rows: number, columns: number) =>
    mappedValues(seed, [rows, columns], (x) => x / Math.sqrt(columns));
  const float = {
    embedded: normalValues(50, [N, T, E]),
    keys: spoilt(normalValues(51, [N, S, A]), lengths),
    values: spoilt(normalValues(52, [N, S, C]), lengths),
    h0: normalValues(53, [N, H]),
    ...(cell === 'lstm' && { c0: normalValues(54, [N, H]) }),
    queryWeight: weights(55, A, H),
    scoreWeight: normalValues(56, [A]),
    weightIh: weights(57, maps, E + C),
    weightHh: weights(58, maps, H),
    ...(biases && {
      queryBias: normalValues(59, [A]),
      biasIh: normalValues(60, [maps]),
      biasHh: normalValues(61, [maps]),
    }),
  };
  return {
    op: 'flambeau::attention_decoder',
    title: `${cell}, ${title}`,
    inputs: { ...float, ...lengthsOf(lengths) },
    differentiable: Object.keys(float),
    compute: (inputs) => inARow(attentionDecoder(inputs as never, { cell, contextFirst }, cell === 'lstm' ? 4 : 3)),
  };
}

interface DecoderOptions {
  readonly lengths?: readonly number[];
  readonly contextFirst?: boolean;
  readonly biases?: boolean;
}

const cells: readonly GatedCell[] = ['gru', 'lstm'];

const attentionDecoderCases = cells.flatMap((cell) => [
  decoderCase('one step', cell, { N: 3, T: 1, S: 6, A: 8, C: 12, E: 4, H: 16 }, { lengths: [6, 2, 5] }),
  decoderCase(
    "sizes beside a vector's, an empty row, NaN beyond",
    cell,
    { N: 6, T: 4, S: 5, A: 13, C: 9, E: 11, H: 19 },
    {
      lengths: [5, 0, 3, 1, 5, 4],
    },
  ),
  decoderCase(
    'context first, no biases',
    cell,
    { N: 2, T: 3, S: 4, A: 5, C: 7, E: 3, H: 6 },
    {
      contextFirst: true,
      biases: false,
    },
  ),
]);

/** The ops that look at a sequence. */
export const attentionCases: readonly ConformanceCase[] = [...additiveAttentionCases, ...attentionDecoderCases];
