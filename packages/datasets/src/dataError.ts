/**
 * What went wrong, for programs to tell apart:
 *
 * - `data-dir-missing`: the given data folder does not exist or is not a folder
 * - `not-found`: the data set is not where it was looked for
 * - `incomplete`: a folder holds only some of its files
 * - `unreadable`: a file is there and can't be read
 * - `truncated`, `corrupt`, `too-large`, `wrong-format`, `checksum-mismatch`: a file that is damaged or another one
 * - `unreachable`: no mirror could give the file
 * - `cache-not-writable`, `disk-full`, `lock-lost`: the cache folder could not be written
 * - `unknown-dataset`, `bad-argument`: the call itself
 */
export type DataErrorCode =
  | 'data-dir-missing'
  | 'not-found'
  | 'incomplete'
  | 'unreadable'
  | 'truncated'
  | 'corrupt'
  | 'too-large'
  | 'wrong-format'
  | 'checksum-mismatch'
  | 'unreachable'
  | 'cache-not-writable'
  | 'disk-full'
  | 'lock-lost'
  | 'unknown-dataset'
  | 'bad-argument';

const damage: ReadonlySet<DataErrorCode> = new Set([
  'truncated',
  'corrupt',
  'too-large',
  'wrong-format',
  'checksum-mismatch',
]);

/**
 * Every error of this package that is about data: its message is one sentence that names the file (what was found, what
 * was expected), its `code` says which kind it is. Interrupting with an `AbortSignal` throws the signal's own reason
 * instead, as `fetch` does.
 */
export class DataError extends Error {
  readonly code: DataErrorCode;
  /** The file, folder or URL that the error is about. */
  readonly path: string | undefined;
  /** What went wrong: the message without its remedy. */
  readonly problem: string;
  /** What a person can do about it, where there is something. */
  readonly remedy: string | undefined;

  constructor(
    code: DataErrorCode,
    problem: string,
    { path, remedy, cause }: { path?: string; remedy?: string; cause?: unknown } = {},
  ) {
    super(remedy === undefined ? problem : `${problem}: ${remedy}`, cause === undefined ? undefined : { cause });
    this.name = 'DataError';
    this.code = code;
    this.path = path;
    this.problem = problem;
    this.remedy = remedy;
  }

  /** True where a file is there and is not what it should be. */
  get isDamage(): boolean {
    return damage.has(this.code);
  }
}
