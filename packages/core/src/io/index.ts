export { NumpyFileError, parseNpy, parseNpz } from './numpyFile.ts';
export { parseSafetensors, type Safetensors, serializeSafetensors } from './safetensors.ts';
export { SafetensorsError } from './safetensorsHeader.ts';
export {
  parseTorchFile,
  parseTorchStateDict,
  TorchDict,
  TorchFileError,
  type TorchStateDictOptions,
  type TorchValue,
} from './torchFile/index.ts';
