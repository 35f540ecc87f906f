import {
  getKernel,
  type KernelBackend,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
  util,
} from '@tensorflow/tfjs-core';

type Values = Float32Array | Int32Array;

/** A tensor on the host: its numbers, row by row. */
export interface HostTensor {
  readonly values: Values;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32';
}

/**
 * Registers a kernel of the WebAssembly backend that is computed in JavaScript, on copies of its inputs: right, and as
 * slow as the `cpu` backend's. It takes the place of the backend's own of the same name, if there is one.
 */
export function registerHostKernel<Inputs extends Record<string, HostTensor>, Attributes>(
  kernelName: string,
  compute: (inputs: Inputs, attributes: Attributes) => HostTensor,
): void {
  const kernelFunc: KernelFunc = (call) => {
    const backend = call.backend as KernelBackend;
    const { inputs, attrs } = call;
    const onHost: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) onHost[name] = hostTensor(backend, tensor as TensorInfo);
    const { values, shape, dtype } = compute(onHost as Inputs, attrs as Attributes);
    return { dataId: backend.write(values, shape, dtype), shape, dtype };
  };
  if (getKernel(kernelName, 'wasm') !== undefined) unregisterKernel(kernelName, 'wasm');
  registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

function hostTensor(backend: KernelBackend, { dataId, shape, dtype }: TensorInfo): HostTensor {
  const values = backend.readSync(dataId) as Values;
  return { values, shape, dtype: dtype === 'float32' ? 'float32' : 'int32' };
}

/** A tensor of zeros to add to. */
export function hostZeros(shape: readonly number[], dtype: HostTensor['dtype'] = 'float32'): HostTensor {
  const size = util.sizeFromShape([...shape]);
  return { values: dtype === 'float32' ? new Float32Array(size) : new Int32Array(size), shape: [...shape], dtype };
}
