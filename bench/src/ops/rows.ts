export interface MatMulSize {
  readonly batch?: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

export interface ConvolutionSize {
  readonly n: number;
  readonly c: number;
  readonly size: number;
  readonly o: number;
  readonly kernel: number;
}

/**
 * A convolution, its ReLU and a 2×2 pool. All biases are `bias`: it says how many windows have a winner above 0, which alone
 * carry gradient.
 */
export interface ConvReluPoolSize extends ConvolutionSize {
  readonly bias: number;
  /** Backward: whether the input's gradient is wanted, too. A network's first layer needs none. */
  readonly inputGradient: boolean;
}

/** A batch of sequences, with as many features as the layer has units. */
export interface RecurrentSize {
  readonly kind: 'GRU' | 'LSTM';
  readonly batch: number;
  readonly steps: number;
  readonly hidden: number;
}

/** A batch of pairs, all of one length, and the translator that they train. */
export interface Seq2SeqSize {
  readonly batch: number;
  readonly length: number;
  readonly hidden: number;
  readonly sourceWords: number;
  readonly targetWords: number;
}

/** What an op is and on which sizes. Images are NCHW with one number for height and width. */
export type OpSpec =
  | ({ readonly op: 'matmul' } & MatMulSize)
  | ({ readonly op: 'conv2d' | 'conv2dBackwardInput' | 'conv2dBackwardWeight' } & ConvolutionSize)
  /** Backward: the gradients of weight, bias and, where it is wanted, input, from that of the pool's output. */
  | ({ readonly op: 'convReluPool' | 'convReluPoolBackward' } & ConvReluPoolSize)
  /** 2×2, stride 2. */
  | { readonly op: 'maxPool2d' | 'maxPool2dBackward'; readonly n: number; readonly c: number; readonly size: number }
  | { readonly op: 'crossEntropy' | 'crossEntropyBackward'; readonly n: number; readonly classes: number }
  /** In training, over all axes but the second. */
  | { readonly op: 'batchNorm' | 'batchNormBackward'; readonly shape: readonly number[] }
  /** Forward, and the gradients of input and weights. */
  | ({ readonly op: 'recurrentLayer' } & RecurrentSize)
  /** One step over the notes' CNN; `fused` picks PyTorch's fused implementation, which is not its default. */
  | { readonly op: 'adam'; readonly fused: boolean }
  /** The notes' CNN predicts: from images that are there to logits that are read. */
  | { readonly op: 'inference'; readonly batch: number }
  /** `model.fit` of TensorFlow.js's layers on the notes' network, so many batches. */
  | { readonly op: 'layersFit'; readonly batch: number; readonly steps: number }
  /** What the machine can do at best: multiplications and additions of vectors in registers, so many rounds of 96; `fused`: two by one instruction. */
  | { readonly op: 'multiplyAdd'; readonly rounds: number; readonly fused: boolean }
  /** And this: so many floats read and, one larger, written elsewhere. */
  | { readonly op: 'stream'; readonly floats: number }
  /** Forward, gradients and Adam of the notes' CNN, on images that are there already. */
  | { readonly op: 'trainStep'; readonly batch: number; readonly size: number }
  /** The same of the notes' TextCNN; `words` is `zipf` or a file of int32 (`text/words.ts`). PyTorch has one way to write it. */
  | { readonly op: 'textStep'; readonly written: 'plainly' | 'as shipped'; readonly words: string }
  /** The same of the tutorial's translator. */
  | ({ readonly op: 'seq2seqStep' } & Seq2SeqSize);

/** A row of the table: what every contestant does, and how much work it is at least. */
export interface OpRow {
  readonly group: string;
  readonly label: string;
  readonly spec: OpSpec;
  /** Multiplications and additions, where they are the work. */
  readonly flops?: number;
  /** Inputs and outputs, each byte counted once. */
  readonly bytes?: number;
}

const NOTES_PARAMETERS = 32_998;
const FLOAT = 4;

function gemm(group: string, what: string, size: MatMulSize): OpRow {
  const { batch = 1, m, k, n } = size;
  const label = `${what} ${batch > 1 ? `${batch} × ` : ''}${m}×${k}×${n}`;
  const bytes = FLOAT * batch * (m * k + k * n + m * n);
  return { group, label, spec: { op: 'matmul', ...size }, flops: 2 * batch * m * k * n, bytes };
}

/** y = x·Wᵀ of a Linear layer and both of its gradients. */
function linear(group: string, what: string, m: number, k: number, n: number): OpRow[] {
  return [
    gemm(group, `${what} forward`, { m, k, n, transposeB: true }),
    gemm(group, `${what} ∂input`, { m, k: n, n: k }),
    gemm(group, `${what} ∂weight`, { m: n, k: m, n: k, transposeA: true }),
  ];
}

function convolution(what: string, size: ConvolutionSize): OpRow[] {
  const { n, c, size: side, o, kernel } = size;
  const output = side - kernel + 1;
  const work = {
    flops: 2 * n * o * output * output * c * kernel * kernel,
    // One of the three is the result.
    bytes: FLOAT * (n * c * side * side + o * c * kernel * kernel + n * o * output * output),
  };
  return [
    { group: 'notes', label: `${what} forward`, spec: { op: 'conv2d', ...size }, ...work },
    { group: 'notes', label: `${what} ∂input`, spec: { op: 'conv2dBackwardInput', ...size }, ...work },
    { group: 'notes', label: `${what} ∂weight`, spec: { op: 'conv2dBackwardWeight', ...size }, ...work },
  ];
}

/** The sequence that this library makes one pass of, and its gradient, which visits the pool's winners only. */
function fused(what: string, { n, c, size, o, kernel, bias, inputGradient }: ConvReluPoolSize): OpRow[] {
  const output = size - kernel + 1;
  const spec = { n, c, size, o, kernel, bias, inputGradient };
  const gradients = inputGradient ? '∂input, ∂weight, ∂bias' : '∂weight, ∂bias';
  return [
    {
      group: 'notes',
      label: `${what} + ReLU + pool`,
      spec: { op: 'convReluPool', ...spec },
      flops: 2 * n * o * output * output * c * kernel * kernel,
      // What is pooled and where it was.
      bytes: FLOAT * (n * c * size * size + o * c * kernel * kernel + (2 * n * o * output * output) / 4),
    },
    // How much arithmetic that is depends on who does it.
    { group: 'notes', label: `${what} + ReLU + pool ${gradients}`, spec: { op: 'convReluPoolBackward', ...spec } },
  ];
}

function pool(what: string, n: number, c: number, size: number): OpRow[] {
  // The large side once and the small one once, either way.
  const bytes = FLOAT * n * c * (size * size + (size / 2) ** 2);
  return [
    { group: 'notes', label: `${what} forward`, spec: { op: 'maxPool2d', n, c, size }, bytes },
    { group: 'notes', label: `${what} backward`, spec: { op: 'maxPool2dBackward', n, c, size }, bytes },
  ];
}

function batchNorm(what: string, shape: readonly number[]): OpRow[] {
  const size = shape.reduce((product, length) => product * length, 1);
  return [
    { group: 'notes-bn', label: `${what} forward`, spec: { op: 'batchNorm', shape }, bytes: FLOAT * 2 * size },
    { group: 'notes-bn', label: `${what} backward`, spec: { op: 'batchNormBackward', shape }, bytes: FLOAT * 3 * size },
  ];
}

function recurrent(kind: RecurrentSize['kind'], batch: number, steps: number, hidden: number): OpRow {
  const gates = kind === 'GRU' ? 3 : 4;
  const label = `${kind} ${batch} × ${steps} × ${hidden}, all gradients`;
  const spec = { op: 'recurrentLayer', kind, batch, steps, hidden } as const;
  // Two products forward, and two gradients of each.
  return { group: 'attention', label, spec, flops: 2 * 6 * batch * steps * hidden * gates * hidden };
}

const TEXT = { batch: 64, tokens: 250, width: 100, filters: 100 };
const ATTENTION = { batch: 32, length: 10, hidden: 128 };

/** The roof: what bounds the other rows is told by these. */
export const machineRows: readonly OpRow[] = [
  ...[false, true].map(
    (fused): OpRow => ({
      group: 'machine',
      label: `128-bit ${fused ? 'fused multiply-add' : 'multiply and add'}`,
      spec: { op: 'multiplyAdd', rounds: 10_000, fused },
      flops: 10_000 * 12 * 4 * 2,
    }),
  ),
  // In the second cache, in the third (where there is one so large), and beyond.
  ...[2 ** 16, 2 ** 20, 2 ** 25].map((floats): OpRow => {
    const bytes = 2 * FLOAT * floats;
    return { group: 'machine', label: `stream of ${bytes / 2 ** 20} MiB`, spec: { op: 'stream', floats }, bytes };
  }),
  { group: 'machine', label: 'smallest product 1×1×1', spec: { op: 'matmul', m: 1, k: 1, n: 1 } },
];

/** The ops of the three models, each on the sizes that training meets. */
export const opRows: readonly OpRow[] = [
  ...machineRows,
  gemm('GEMM', 'square', { m: 384, k: 384, n: 384 }),
  ...convolution('conv1', { n: 100, c: 1, size: 28, o: 6, kernel: 5 }),
  ...convolution('conv2', { n: 100, c: 6, size: 12, o: 12, kernel: 5 }),
  // With these biases about half of the windows have a winner above 0.
  ...fused('conv1', { n: 100, c: 1, size: 28, o: 6, kernel: 5, bias: -0.42, inputGradient: false }),
  ...fused('conv2', { n: 100, c: 6, size: 12, o: 12, kernel: 5, bias: -1.02, inputGradient: true }),
  ...pool('pool1', 100, 6, 24),
  ...pool('pool2', 100, 12, 8),
  ...linear('notes', 'fc1', 100, 192, 120),
  ...linear('notes', 'fc2', 100, 120, 60),
  ...linear('notes', 'out', 100, 60, 10),
  // Logits in, their logarithms out; then those in, the gradient out.
  {
    group: 'notes',
    label: 'cross-entropy forward',
    spec: { op: 'crossEntropy', n: 100, classes: 10 },
    bytes: FLOAT * 2 * 1000,
  },
  {
    group: 'notes',
    label: 'cross-entropy backward',
    spec: { op: 'crossEntropyBackward', n: 100, classes: 10 },
    bytes: FLOAT * 2 * 1000,
  },
  // Parameter and both moments read and written, the gradient read.
  { group: 'notes', label: 'Adam', spec: { op: 'adam', fused: false }, bytes: FLOAT * 7 * NOTES_PARAMETERS },
  {
    group: 'notes',
    label: 'Adam (PyTorch: fused)',
    spec: { op: 'adam', fused: true },
    bytes: FLOAT * 7 * NOTES_PARAMETERS,
  },
  ...batchNorm('bn1', [100, 6, 24, 24]),
  ...batchNorm('bn2', [100, 12, 8, 8]),
  ...batchNorm('bn3', [100, 120]),
  // A window of h words is a row of h · 100 numbers: the convolution as the product that it is.
  ...[3, 4, 5].map((height) =>
    gemm('TextCNN', `filters of ${height}`, {
      m: TEXT.batch * (TEXT.tokens - height + 1),
      k: height * TEXT.width,
      n: TEXT.filters,
      transposeB: true,
    }),
  ),
  ...linear('attention', 'gates, a step', ATTENTION.batch, ATTENTION.hidden, 3 * ATTENTION.hidden),
  ...linear(
    'attention',
    'gates, a sequence',
    ATTENTION.batch * ATTENTION.length,
    ATTENTION.hidden,
    3 * ATTENTION.hidden,
  ),
  ...linear('attention', 'W, a step', ATTENTION.batch, ATTENTION.hidden, ATTENTION.hidden),
  ...linear('attention', 'U, a sequence', ATTENTION.batch * ATTENTION.length, ATTENTION.hidden, ATTENTION.hidden),
  ...(['GRU', 'LSTM'] as const).flatMap((kind) => [recurrent(kind, 32, 10, 128), recurrent(kind, 64, 50, 256)]),
  gemm('attention', 'context', { batch: ATTENTION.batch, m: 1, k: ATTENTION.length, n: ATTENTION.hidden }),
];

/** The main job's rows alone: the machine, the square product and the notes' CNN. */
export const quickOpRows: readonly OpRow[] = opRows.filter(({ group }) => ['machine', 'GEMM', 'notes'].includes(group));

/** Training steps by batch size, then by image size: how cost grows. */
export function growthRows(quick: boolean): OpRow[] {
  const batches = quick ? [1, 10, 100, 1000] : [1, 3, 10, 32, 100, 320, 1000];
  const sizes = quick ? [20, 28, 56] : [20, 28, 40, 56, 80, 112];
  const row = (group: string, batch: number, size: number): OpRow => {
    return { group, label: `${batch} × 1×${size}×${size}`, spec: { op: 'trainStep', batch, size } };
  };
  return [...batches.map((batch) => row('batch', batch, 28)), ...sizes.map((size) => row('image', 100, size))];
}

/** Of an image: both convolutions and the three linear maps. */
const NOTES_FLOPS = 2 * (6 * 24 ** 2 * 25 + 12 * 8 ** 2 * 150 + 192 * 120 + 120 * 60 + 60 * 10);

export const inferenceRows: readonly OpRow[] = [1, 1000].map((batch) => ({
  group: 'inference',
  label: `batch ${batch.toLocaleString('en-US')}`,
  spec: { op: 'inference', batch },
  flops: batch * NOTES_FLOPS,
}));

/** Translators in training: the tutorial's on its pairs in either direction, and one that learns to reverse long sequences. */
export function seq2seqRows(quick: boolean): OpRow[] {
  const row = (label: string, size: Seq2SeqSize): OpRow => ({
    group: 'translator',
    label,
    spec: { op: 'seq2seqStep', ...size },
  });
  const tutorial = { batch: 32, length: 10, hidden: 128 };
  const french = row('French → English, 32 × 10 words', { ...tutorial, sourceWords: 4601, targetWords: 2991 });
  if (quick) return [french];
  return [
    french,
    row('English → French, 32 × 10 words', { ...tutorial, sourceWords: 2991, targetWords: 4601 }),
    row('reversing, 64 × 30 letters', { batch: 64, length: 30, hidden: 256, sourceWords: 30, targetWords: 30 }),
  ];
}

/** Few steps: `cpu` takes seconds for each. */
export function layersRows(quick: boolean): OpRow[] {
  const steps = quick ? 1 : 3;
  return [{ group: 'tf.layers', label: `fit, ${steps} × 100 images`, spec: { op: 'layersFit', batch: 100, steps } }];
}
