/**
 * What is not computed until someone asks for it. A network written plainly, `maxPool2d(relu(conv2d(x)))`, becomes one pass by that:
 * the convolution and the ReLU only leave word of what they are, and the pooling, which reads them, does all three at once. Back
 * again, the pooling's gradient says which pixels have won, the ReLU's passes that on, and the convolution's visits the
 * winners only. Whoever reads one of these tensors otherwise gets its numbers, computed then. So does a text: the largest values over time of
 * convolved words' vectors need neither the vectors side by side nor the convolution (deferredEmbedding.ts).
 */
import type { SimdBackend } from '../backend/simdBackend.ts';
import type { Deferred, Storage } from '../backend/storage.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { type Conv2dPointers, convolve } from './conv2dForward.ts';
import type { Geometry } from './conv2dGeometry.ts';
import { DeferredEmbedding } from './deferredEmbedding.ts';
import { UNARY } from './unary.ts';

/**
 * The texts whose words' vectors are a convolution's images, one word a row, where nobody has read them yet and the filters are as wide
 * as they are.
 */
export function textsOf(images: Storage, { input, weight, attributes }: Geometry): DeferredEmbedding | undefined {
  const { deferred } = images;
  if (!(deferred instanceof DeferredEmbedding)) return undefined;
  const { stride, padding, dilation } = attributes;
  const isPlain = stride[0] === 1 && dilation[0] === 1 && padding.every((side) => side === 0);
  const isOverTime = input[1] === 1 && input[3] === deferred.width && weight[3] === deferred.width;
  return isPlain && isOverTime ? deferred : undefined;
}

/** A convolution that nobody has read yet. */
export class DeferredConv2d implements Deferred {
  readonly geometry: Geometry;
  private readonly backend: SimdBackend;
  private readonly input: Storage;
  private readonly weight: Storage;
  private readonly bias: Storage | undefined;
  private passes = 0;

  constructor(backend: SimdBackend, geometry: Geometry, input: Storage, weight: Storage, bias?: Storage) {
    this.backend = backend;
    this.geometry = geometry;
    this.input = input.hold();
    this.weight = weight.hold();
    this.bias = bias?.hold();
  }

  /** Where its inputs are, for one pass over them. */
  begin(): Conv2dPointers {
    return { input: this.input.pointer, ...this.beginFilters() };
  }

  /** The same for a pass that reads no images. */
  beginFilters(): Omit<Conv2dPointers, 'input'> {
    this.countPass();
    return { weight: this.weight.pointer, bias: this.bias?.pointer ?? 0 };
  }

  /** A second pass tells that it's better not to defer such a convolution. */
  private countPass(): void {
    if (++this.passes === 2) repeatedOn(this.backend).add(nameOf(this.geometry));
  }

  /** The texts that it convolves over time, if its images are words' vectors that nobody has read yet. */
  get texts(): DeferredEmbedding | undefined {
    return textsOf(this.input, this.geometry);
  }

  compute(pointer: number): void {
    convolve(this.backend, this.geometry, this.begin(), pointer);
  }

  release(): void {
    this.input.release();
    this.weight.release();
    this.bias?.release();
  }
}

/** The convolutions that had to be computed twice, since others than the pooling have read them, too. */
const repeated = new WeakMap<SimdBackend, Set<string>>();

function repeatedOn(backend: SimdBackend): Set<string> {
  let names = repeated.get(backend);
  if (names === undefined) {
    names = new Set();
    repeated.set(backend, names);
  }
  return names;
}

function nameOf({ input, weight, attributes }: Geometry): string {
  return JSON.stringify([input.slice(1), weight, attributes]);
}

/** Whether deferring a convolution has paid so far. */
export function isWorthDeferring(backend: SimdBackend, geometry: Geometry): boolean {
  return repeated.get(backend)?.has(nameOf(geometry)) !== true;
}

/** What a pooling has made of a deferred ReLU. */
interface Pooled {
  output: Storage;
  indices: Storage;
}

/** max(0, input) that nobody has read yet. */
export class DeferredRelu implements Deferred {
  readonly input: Storage;
  private readonly backend: SimdBackend;
  private result: Pooled | undefined;

  constructor(backend: SimdBackend, input: Storage) {
    this.backend = backend;
    this.input = input.hold();
  }

  get pooled(): Pooled | undefined {
    return this.result;
  }

  /** Remembers the largest values and where they were: the ReLU's gradient needs no others. */
  rememberPooled({ output, indices }: Pooled): void {
    this.forgetPooled();
    this.result = { output: output.hold(), indices: indices.hold() };
  }

  private forgetPooled(): void {
    this.result?.output.release();
    this.result?.indices.release();
    this.result = undefined;
  }

  compute(pointer: number): void {
    const { backend, input } = this;
    const way = input.deferred;
    if (way instanceof DeferredConv2d) {
      convolve(backend, way.geometry, way.begin(), pointer, { rectified: true });
      return;
    }
    const count = input.byteLength / 4;
    const split = backend.split(count, count * COST.element, CACHE_LINE);
    backend.run('unary', split, [UNARY.Relu, input.pointer, pointer, 0, 0, count]);
  }

  release(): void {
    this.input.release();
    this.forgetPooled();
  }
}

/** The gradient of what a pooling has read: `gradOutput` at the winners, 0 elsewhere. */
export class WinnersGradient implements Deferred {
  /** The pooling's, [planes, windows]. */
  readonly gradOutput: Storage;
  /** int32, in a plane of `size` pixels. */
  readonly indices: Storage;
  readonly planes: number;
  readonly size: number;
  private readonly backend: SimdBackend;

  constructor(backend: SimdBackend, gradOutput: Storage, indices: Storage, planes: number, size: number) {
    this.backend = backend;
    this.gradOutput = gradOutput.hold();
    this.indices = indices.hold();
    this.planes = planes;
    this.size = size;
  }

  /** Windows of a plane. */
  get windows(): number {
    return this.gradOutput.byteLength / 4 / this.planes;
  }

  compute(pointer: number): void {
    const { backend, gradOutput, indices, planes, size, windows } = this;
    const split = backend.split(planes, planes * (size * COST.copy + windows));
    const [from, at] = [gradOutput.pointer, indices.pointer];
    backend.run('maxPool2dBackward', split, [from, at, pointer, windows, size, 0, planes]);
  }

  release(): void {
    this.gradOutput.release();
    this.indices.release();
  }
}
