import { type GoldenCase, loadGolden } from '../../../core/test/golden/load.ts';

/** The recorded cases of one of this package's families. */
export function recordedCases<Config>(family: string): GoldenCase<Config>[] {
  return loadGolden<Config>(family, new URL('.', import.meta.url));
}
