import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './simdBackend.ts';

/** What a kernel gets. A missing optional input is undefined. */
export interface KernelCall<Inputs, Attributes> {
  inputs: Inputs;
  attrs: Attributes;
  backend: SimdBackend;
}

type Run<Inputs, Attributes> = (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[];

/** Declares a kernel of this backend; which backend name it is registered under is settled at registration. */
export function kernel<Inputs = Record<string, TensorInfo>, Attributes = Record<string, never>>(
  kernelName: string,
  run: Run<Inputs, Attributes>,
): Omit<KernelConfig, 'backendName'> {
  return deferringKernel<Inputs, Attributes>(kernelName, (call) => {
    computeInputs(call);
    return run(call);
  });
}

/** A kernel whose inputs may be deferred: it asks for their numbers first, before it uses scratch memory, or not at all. */
export function deferringKernel<Inputs = Record<string, TensorInfo>, Attributes = Record<string, never>>(
  kernelName: string,
  run: Run<Inputs, Attributes>,
): Omit<KernelConfig, 'backendName'> {
  const kernelFunc = (call: KernelCall<Inputs, Attributes>) => call.backend.runOwn(() => run(call));
  return { kernelName, kernelFunc: kernelFunc as unknown as KernelFunc };
}

function computeInputs({ inputs, backend }: { inputs: unknown; backend: SimdBackend }): void {
  const named = inputs as Record<string, TensorInfo | TensorInfo[] | null | undefined>;
  for (const name in named) {
    const tensor = named[name];
    // A few kernels of tfjs take lists of tensors among their inputs.
    if (Array.isArray(tensor)) for (const one of tensor) backend.compute(one);
    else if (tensor) backend.compute(tensor);
  }
}
/** A kernel of the `cpu` backend, run on this backend's data. */
export function onHost(config: Pick<KernelConfig, 'kernelFunc'>): KernelFunc {
  return (call) => {
    const backend = call.backend as SimdBackend;
    computeInputs({ inputs: call.inputs, backend });
    const out = backend.onHost(() => config.kernelFunc(call));
    return Array.isArray(out) ? out.map((info) => backend.adopt(info)) : backend.adopt(out);
  };
}

const hostKernels = new Map<string, KernelFunc>();

/** Runs the `cpu` backend's kernel: what a kernel here does with inputs that it has no fast way for. */
export function runHostKernel<Inputs, Attributes>(
  kernelName: string,
  call: KernelCall<Inputs, Attributes>,
): TensorInfo | TensorInfo[] {
  let run = hostKernels.get(kernelName);
  if (!run) {
    run = onHost(getKernel(kernelName, 'cpu'));
    hostKernels.set(kernelName, run);
  }
  return run(call as unknown as Parameters<KernelFunc>[0]);
}
