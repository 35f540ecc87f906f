export { parseTorchFile, parseTorchStateDict, type TorchFile, type TorchStateDictOptions } from './torchFile.ts';
export { TorchFileError } from './torchFileError.ts';
export { isTensor, TorchDict, type TorchKey, type TorchValue } from './values.ts';
