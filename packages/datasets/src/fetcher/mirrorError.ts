/** A mirror could not give a file, for a reason in a few words: the next one is tried. */
export class MirrorError extends Error {
  /** True where the connection failed in a way that trying once more may mend. */
  readonly mayPass: boolean;
  /** False where what has arrived is of no use for going on. */
  readonly keepsPartial: boolean;

  constructor(reason: string, options: { mayPass: boolean; keepsPartial?: boolean; cause?: unknown }) {
    super(reason, { cause: options.cause });
    this.name = 'MirrorError';
    this.mayPass = options.mayPass;
    this.keepsPartial = options.keepsPartial ?? options.mayPass;
  }
}
