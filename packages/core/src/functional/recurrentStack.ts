import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import type { Generator } from '../random/generator.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';
import { dropout as dropOut } from './dropout.ts';
import { checkLengths, PackedSequence, padPackedSequence } from './packedSequence.ts';

/** Options of the recurrent functions, PyTorch's names and defaults. */
export interface RecurrentOptions extends Labelled {
  /** How many layers, each reading the outputs of the one below. Default 1. */
  readonly numLayers?: number;
  /** Whether each layer reads the sequence backwards, too. Default false. */
  readonly bidirectional?: boolean;
  /** Whether there are two biases a layer and direction. Default true. */
  readonly hasBiases?: boolean;
  /** Whether input and output are `[N, T, *]` rather than `[T, N, *]`; the states are not concerned. Default false. */
  readonly batchFirst?: boolean;
  /** The probability of dropout on the outputs of every layer but the last. Default 0. */
  readonly dropout?: number;
  /** Off, there is no dropout. Default true. */
  readonly training?: boolean;
  /** Where dropout is drawn from. Default: the default generator. */
  readonly generator?: Generator;
  /**
   * How many steps of each padded sequence are real, N whole numbers from 0 to T, on the host or as an int32 tensor (then
   * they are not checked). Padding then changes nothing: outputs there are 0, and the last state is that of each
   * sequence's own last step. What a {@link PackedSequence} is for, without packing.
   */
  readonly lengths?: ArrayLike<number> | Tensor;
}

/** The weights of one layer in one direction. */
export interface LayerWeights {
  readonly weightIh: Tensor;
  readonly weightHh: Tensor;
  readonly biasIh?: Tensor;
  readonly biasHh?: Tensor;
}

/** A kind of recurrent layer, as the stack of layers sees it. */
export interface RecurrentKind {
  readonly gates: number;
  /** Names of the initial states: `h0`, and for an LSTM `c0`. */
  readonly states: readonly string[];
  /** One layer in one direction → the outputs `[T, N, H]` and the last states `[N, H]`. */
  run(
    sequence: LayerWeights & { readonly input: Tensor; readonly lengths?: Tensor },
    states: readonly Tensor[],
    reverse: boolean,
  ): Tensor[];
}

export type SequenceInput = Tensor | PackedSequence;

/** Runs all layers and directions → the outputs, as the input came, and the last states `[numLayers·directions, N, H]`. */
export function runLayers(
  kind: RecurrentKind,
  input: SequenceInput,
  initial: readonly (Tensor | null | undefined)[],
  weights: readonly Tensor[],
  options: RecurrentOptions & { readonly label: string },
): { output: SequenceInput; states: Tensor[] } {
  const { label, batchFirst = false, numLayers = 1, bidirectional = false, dropout = 0, training = true } = options;
  const layers = layersOf(label, kind, weights, options);
  const packed = input instanceof PackedSequence ? input : undefined;
  const given = input instanceof PackedSequence ? input.data : input;
  return commonBackend(label, [given, ...initial, ...weights]).run(() => {
    checkInput(label, given, packed !== undefined, batchFirst, layers[0]!.weightIh.shape[1]!);
    const batched = packed !== undefined || given.rank === 3;
    let sequence = timeFirst(packed, given, batchFirst);
    const [steps, batch] = sequence.shape as [number, number, number];
    if (steps === 0) throw new ShapeError(`${label}: expected at least one step, got ${formatShape(given.shape)}`);
    const lengths = lengthsTensor(label, packed?.lengths ?? options.lengths, batched, batch, steps);
    const hidden = layers[0]!.weightHh.shape[1]!;
    const first = kind.states.map((name, i) =>
      initialStates(label, name, initial[i], [layers.length, batch, hidden], batched),
    );
    const last: Tensor[][] = kind.states.map(() => []);
    const directions = bidirectional ? 2 : 1;
    for (let layer = 0; layer < numLayers; layer++) {
      if (layer > 0 && dropout > 0 && training) sequence = dropBetween(sequence, packed, options);
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < directions; direction++) {
        const index = layer * directions + direction;
        const states = first.map((all) => all[index]!);
        const [output, ...finals] = kind.run({ ...layers[index]!, input: sequence, lengths }, states, direction === 1);
        outputs.push(output!);
        finals.forEach((final, i) => {
          last[i]!.push(final);
        });
      }
      sequence = outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 2);
    }
    return {
      output: asGiven(sequence, packed, batched, batchFirst),
      states: last.map((finals) => stacked(finals, batched)),
    };
  });
}

/** Flat weights, PyTorch's order, by layer and direction; throws unless each has the shape that it must have. */
function layersOf(
  label: string,
  { gates }: RecurrentKind,
  flat: readonly Tensor[],
  { numLayers = 1, bidirectional = false, hasBiases = true }: RecurrentOptions,
): LayerWeights[] {
  const directions = bidirectional ? 2 : 1;
  const each = hasBiases ? 4 : 2;
  if (flat.length !== numLayers * directions * each) {
    throw new ShapeError(`${label}: expected ${numLayers * directions * each} weights, got ${flat.length}`);
  }
  const hidden = flat[1]!.shape[1];
  const features = flat[0]!.shape[1];
  if (hidden === undefined || features === undefined) {
    throw new ShapeError(`${label}: expected weights of shape [${gates}·H, I] and [${gates}·H, H]`);
  }
  return Array.from({ length: numLayers * directions }, (_, index) => {
    const [weightIh, weightHh, biasIh, biasHh] = flat.slice(index * each, (index + 1) * each) as
      | [Tensor, Tensor]
      | [Tensor, Tensor, Tensor, Tensor];
    const below = index < directions ? features : directions * hidden;
    expectCell(label, { gates, features: below, hidden }, { weightIh, weightHh, biasIh, biasHh });
    return { weightIh, weightHh, biasIh, biasHh };
  });
}

/** Throws unless the weights of one layer in one direction have their shapes. */
export function expectCell(
  label: string,
  { gates, features, hidden }: { gates: number; features: number; hidden: number },
  { weightIh, weightHh, biasIh, biasHh }: LayerWeights,
): void {
  expectShape(label, 'weightIh', weightIh, [gates * hidden, features]);
  expectShape(label, 'weightHh', weightHh, [gates * hidden, hidden]);
  if (biasIh) expectShape(label, 'biasIh', biasIh, [gates * hidden]);
  if (biasHh) expectShape(label, 'biasHh', biasHh, [gates * hidden]);
}

function checkInput(label: string, input: Tensor, packed: boolean, batchFirst: boolean, features: number): void {
  const ranks = packed ? [2] : [2, 3];
  if (!ranks.includes(input.rank)) {
    const layout = packed
      ? 'packed data [*, I]'
      : `an input of shape ${batchFirst ? '[N, T, I]' : '[T, N, I]'} or [T, I]`;
    throw new ShapeError(`${label}: expected ${layout}, got ${formatShape(input.shape)}`);
  }
  const size = input.shape[input.rank - 1];
  if (size !== features) {
    throw new ShapeError(
      `${label}: expected ${features} input features, got ${size} (input ${formatShape(input.shape)})`,
    );
  }
}

function timeFirst(packed: PackedSequence | undefined, input: Tensor, batchFirst: boolean): Tensor {
  if (packed !== undefined) return padPackedSequence(packed)[0];
  if (input.rank === 2) return tf.expandDims(input, 1);
  return batchFirst ? tf.transpose(input, [1, 0, 2]) : input;
}

function asGiven(
  output: Tensor,
  packed: PackedSequence | undefined,
  batched: boolean,
  batchFirst: boolean,
): SequenceInput {
  if (packed !== undefined) return packed.pack(output);
  if (!batched) return tf.squeeze(output, [1]);
  return batchFirst ? tf.transpose(output, [1, 0, 2]) : output;
}

function lengthsTensor(
  label: string,
  lengths: ArrayLike<number> | Tensor | undefined,
  batched: boolean,
  batch: number,
  steps: number,
): Tensor | undefined {
  if (lengths === undefined) return undefined;
  if (!batched) throw new ShapeError(`${label}: expected lengths with a batch only, got them with one sequence`);
  if (lengths instanceof tf.Tensor) {
    if (lengths.dtype !== 'int32')
      throw new TypeError(`${label}: expected lengths of type int32, got ${lengths.dtype}`);
    expectShape(label, 'lengths', lengths, [batch]);
    return lengths;
  }
  checkLengths(label, lengths, batch, steps, 0);
  const all = Int32Array.from(lengths);
  return all.every((length) => length === steps) ? undefined : tf.tensor1d(all, 'int32');
}

/** The initial states, one `[N, H]` a layer and direction; zeros where none are given. */
function initialStates(
  label: string,
  name: string,
  given: Tensor | null | undefined,
  [count, batch, hidden]: readonly [number, number, number],
  batched: boolean,
): Tensor[] {
  if (!given) {
    const zeros = tf.zeros([batch, hidden]);
    return new Array(count).fill(zeros);
  }
  expectShape(label, name, given, batched ? [count, batch, hidden] : [count, hidden]);
  if (count === 1) return [tf.reshape(given, [batch, hidden])];
  return tf.unstack(tf.reshape(given, [count, batch, hidden]));
}

/** The last states of all layers and directions as one tensor. */
function stacked(states: readonly Tensor[], batched: boolean): Tensor {
  if (states.length > 1) return batched ? tf.stack([...states]) : tf.concat([...states], 0);
  return batched ? tf.expandDims(states[0]!, 0) : states[0]!;
}

/** Dropout on a layer's outputs; of a packed batch only real steps draw, in their packed order, as in PyTorch. */
function dropBetween(
  sequence: Tensor,
  packed: PackedSequence | undefined,
  { dropout, generator }: RecurrentOptions,
): Tensor {
  const options = { p: dropout, generator };
  if (packed === undefined) return dropOut(sequence, options);
  const dropped = packed.pack(sequence);
  return padPackedSequence(dropped.withData(dropOut(dropped.data, options)))[0];
}
