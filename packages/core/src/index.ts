export type { Tensor } from '@tensorflow/tfjs-core';
export { tidy } from '@tensorflow/tfjs-core';
export { grad, type LossResult, valueAndGrad } from './autograd/valueAndGrad.ts';
export {
  Backend,
  type BackendCapabilities,
  backendOf,
  getDefaultBackend,
  setDefaultBackend,
  toHost,
} from './backend/backend.ts';
export { type BackendReport, createBackend, listBackends } from './backend/createBackend.ts';
export {
  BackendLostError,
  type BackendOptions,
  type BackendProbe,
  type BackendProvider,
  BackendUnavailableError,
  type OpenedBackend,
  registerBackendProvider,
} from './backend/provider.ts';
export * as convolution from './convolution/index.ts';
export type { Dataset } from './data/dataset.ts';
export * as data from './data/index.ts';
export * as functional from './functional/index.ts';
export * as init from './init/index.ts';
export {
  NumpyFileError,
  parseNpy,
  parseNpz,
  parseSafetensors,
  parseTorchFile,
  parseTorchStateDict,
  type Safetensors,
  SafetensorsError,
  serializeSafetensors,
  TorchDict,
  TorchFileError,
  type TorchStateDictOptions,
  type TorchValue,
} from './io/index.ts';
export * as metrics from './metrics/index.ts';
export * as nn from './nn/index.ts';
export * as optim from './optim/index.ts';
export { defaultGenerator, manualSeed } from './random/defaultGenerator.ts';
export { Generator } from './random/generator.ts';
export { type LayerSummary, type ModelSummary, summary } from './summary/summary.ts';
export { type DType, type HostArray, type HostData, hostArray } from './tensor/hostArray.ts';
export { ShapeError } from './tensor/shape.ts';
export * from './training/index.ts';
