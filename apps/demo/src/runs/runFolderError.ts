/** A run folder that is none, is damaged, or can't be written to; its message is one sentence that names the file. */
export class RunFolderError extends Error {
  override readonly name = 'RunFolderError';
}
