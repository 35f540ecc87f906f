import { type KernelBackend, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** What we use of TensorFlow.js's WebGPU backend (4.22): its device, buffers and command queue, so that order is kept. */
export interface WebgpuBackend extends KernelBackend {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: TensorInfo['dataId']): { readonly resource: GPUBuffer } };
  readonly commandQueueOwnedIds: WeakSet<TensorInfo['dataId']>;
  computePassEncoder: GPUComputePassEncoder | null;
  readonly commandEncoder: GPUCommandEncoder;
  dispatchCountInPass: number;
  makeTensorInfo(shape: number[], dtype: string): TensorInfo;
  uploadToGPU(dataId: TensorInfo['dataId']): void;
  makeUniforms(fields: { type: 'int32' | 'float32'; data: number[] }[]): GPUBindingResource;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** A compute shader and what it is bound to. */
export interface Program {
  /** Names the shader: programs of one name have the same code, bindings and uniforms. */
  readonly name: string;
  /** Arrays that it reads, by the names that its code has for them. */
  readonly reads: Readonly<Record<string, TensorInfo>>;
  /** Arrays that it writes. */
  readonly writes: Readonly<Record<string, TensorInfo>>;
  /** Whole numbers, `u.NAME` of type `i32`. */
  readonly integers: Readonly<Record<string, number>>;
  /** `u.NAME` of type `f32`. */
  readonly floats?: Readonly<Record<string, number>>;
  /** Declarations, then `fn main` without its head: `{ … }` with `index` (i32), see {@link Program.threads}. */
  readonly declarations?: string;
  readonly main: string;
  /**
   * `each: N` runs `main` once for each `index` in [0, N). `groups: N` runs it by N workgroups of {@link GROUP} threads, with
   * `group` (i32), `thread` (i32) and workgroup barriers; `main` must then check nothing but its own ranges.
   */
  readonly threads: { readonly each: number } | { readonly groups: number };
}

/** Threads of a workgroup. */
export const GROUP = 64;
/** The most workgroups that WebGPU promises along one dimension. */
const MOST_GROUPS = 65_535;
/** TensorFlow.js submits its commands after so many; so do we. */
const BATCH = 15;

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** Puts one dispatch of a program into TensorFlow.js's queue. */
export function runProgram(backend: WebgpuBackend, program: Program): void {
  const { reads, writes, integers, floats = {}, threads } = program;
  const tensors = [...Object.values(writes), ...Object.values(reads)];
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  const each = 'each' in threads;
  const count = each ? threads.each : threads.groups;
  const groups = each ? Math.ceil(count / GROUP) : count;
  const across = Math.min(groups, MOST_GROUPS);
  const uniforms = backend.makeUniforms([
    ...Object.values({ ...integers, count, across }).map((value) => ({ type: 'int32' as const, data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32' as const, data: [value] })),
  ]);
  const pipeline = pipelineOf(backend.device, program);
  const bindings: GPUBindingResource[] = [
    ...tensors.map(({ dataId, shape }) => ({
      buffer: backend.tensorMap.get(dataId).resource,
      size: Math.max(1, util.sizeFromShape(shape)) * 4,
    })),
    uniforms,
  ];
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: bindings.map((resource, binding) => ({ binding, resource })),
  });
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder.beginComputePass();
  backend.computePassEncoder.setPipeline(pipeline);
  backend.computePassEncoder.setBindGroup(0, bindGroup);
  backend.computePassEncoder.dispatchWorkgroups(across, Math.ceil(groups / across));
  if (++backend.dispatchCountInPass >= BATCH) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

function pipelineOf(device: GPUDevice, program: Program): GPUComputePipeline {
  let own = pipelines.get(device);
  if (own === undefined) {
    own = new Map();
    pipelines.set(device, own);
  }
  let pipeline = own.get(program.name);
  if (pipeline === undefined) {
    const module = device.createShaderModule({ label: program.name, code: shaderOf(program) });
    pipeline = device.createComputePipeline({
      label: program.name,
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    own.set(program.name, pipeline);
  }
  return pipeline;
}

function shaderOf({ reads, writes, integers, floats = {}, declarations = '', main, threads }: Program): string {
  const element = ({ dtype }: TensorInfo) => (dtype === 'float32' ? 'f32' : 'i32');
  const arrays = [
    ...Object.entries(writes).map(([name, tensor]) => ({ name, tensor, access: 'read_write' })),
    ...Object.entries(reads).map(([name, tensor]) => ({ name, tensor, access: 'read' })),
  ];
  const fields = [
    ...Object.keys({ ...integers, count: 0, across: 0 }).map((name) => `${name}: i32`),
    ...Object.keys(floats).map((name) => `${name}: f32`),
  ];
  const place =
    'each' in threads
      ? `let index = (i32(id.y) * u.across + i32(id.x)) * ${GROUP} + i32(local.x);
       if (index >= u.count) { return; }`
      : `let group = i32(id.y) * u.across + i32(id.x);
       let thread = i32(local.x);
       if (group >= u.count) { return; }`;
  // Every binding has to be used, or 'auto' leaves it out of the layout.
  const used = arrays.map(({ name }) => `_ = &${name};`).join(' ');
  return `
    struct Uniforms { ${fields.join(', ')} };
    ${arrays
      .map(
        ({ name, tensor, access }, binding) =>
          `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${element(tensor)}>;`,
      )
      .join('\n')}
    @group(0) @binding(${arrays.length}) var<uniform> u: Uniforms;
    fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
    ${declarations}
    @compute @workgroup_size(${GROUP})
    fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
      ${used}
      ${place}
      ${main}
    }`;
}

/** A function `sum_of(value, thread)` that adds up a value over the threads of a workgroup. */
export const GROUP_SUM = `
  var<workgroup> parts: array<f32, ${GROUP}>;
  fn sum_of(value: f32, thread: i32) -> f32 {
    workgroupBarrier();
    parts[thread] = value;
    workgroupBarrier();
    for (var half = ${GROUP / 2}; half > 0; half /= 2) {
      if (thread < half) { parts[thread] += parts[thread + half]; }
      workgroupBarrier();
    }
    return parts[0];
  }`;
