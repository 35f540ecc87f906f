import { type DataId, engine, type KernelBackend, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** One step on TensorFlow.js's tape. */
export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: Tensor[];
  readonly saved: Tensor[];
  /** Absent where an op has none. `null` stands for a gradient of zeros. */
  readonly gradient?: (gradOutputs: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/**
 * What this package uses of TensorFlow.js's engine beyond its public interface, in one place. TensorFlow.js has no
 * public way to make a trainable tensor without a global name, to clean a tape up after an exception, to hand saved
 * tensors to a multi-output gradient, or to add a step to the tape at less than the cost of a few kernels; its own
 * `customGrad`, `grads`, `Variable` and `tidy` are written with these.
 */
export interface EngineInternals {
  /** Not set before a backend has been chosen; null after it has been removed. */
  readonly backendName?: string | null;
  readonly backend: KernelBackend;
  readonly registry: Record<string, KernelBackend>;
  readonly state: {
    activeTape: TapeNode[] | null;
    gradientDepth: number;
    kernelDepth: number;
    nextTapeNodeId: number;
    /** Whether `tf.profile` looks on. */
    readonly profiling: boolean;
    readonly activeScope: { readonly id: number } | null;
    readonly tensorInfo: WeakMap<DataId, { backend: KernelBackend }>;
  };
  setBackend(name: string): Promise<boolean>;
  nextTensorId(): number;
  incRef(tensor: Tensor, backend: KernelBackend): void;
  startScope(): void;
  endScope(): void;
  /** Adds a tensor to the innermost open `tidy`. */
  track(tensor: Tensor): Tensor;
  makeTensorFromTensorInfo(info: { dataId: DataId; shape: number[]; dtype: string }): Tensor;
  runKernelFunc(call: {
    inputs: NamedTensorMap;
    forwardFunc(backend: KernelBackend, save: (tensors: Tensor[]) => void): Tensor | Tensor[];
    backwardsFunc(gradOutputs: Tensor | Tensor[], saved: Tensor[]): Record<string, () => Tensor>;
  }): Tensor | Tensor[];
}

export const internals = (): EngineInternals => engine() as unknown as EngineInternals;

/** The TensorFlow.js backend that holds a tensor's values. */
export function kernelBackendOf(tensor: Tensor): KernelBackend {
  const info = internals().state.tensorInfo.get(tensor.dataId);
  if (info === undefined) throw new Error(`the tensor of shape [${tensor.shape.join(', ')}] has been disposed`);
  return info.backend;
}
