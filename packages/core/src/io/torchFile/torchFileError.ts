/** A file that is no plain PyTorch state dict: damaged, of another format, or asking for code to be run. */
export class TorchFileError extends Error {
  override readonly name = 'TorchFileError';
}

/** Throws the one error of this folder. */
export function refuse(reason: string): never {
  throw new TorchFileError(reason);
}
