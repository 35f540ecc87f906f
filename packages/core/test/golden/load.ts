import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseSafetensors } from '../../src/io/safetensors.ts';
import type { DType, HostArray } from '../../src/tensor/hostArray.ts';

/** One recorded case: what it is, and the tensors that PyTorch gave. */
export interface GoldenCase<Config> {
  readonly name: string;
  readonly config: Config;
  readonly tensors: ReadonlyMap<string, HostArray>;
  /** The tensor of this name; throws if the case has none, or one of another type. */
  tensor<D extends DType = 'float32'>(name: string, dtype?: D): HostArray<D>;
}

/**
 * The recorded cases of a family (`recordings/FAMILY.json` and `.safetensors`, or `.safetensors.gz`, written by
 * `FAMILY.py`).
 *
 * @param folder where `recordings` stands; default: here.
 * @typeParam Config what the family's recorder says about a case.
 */
export function loadGolden<Config>(family: string, folder = new URL('.', import.meta.url)): GoldenCase<Config>[] {
  const file = (extension: string) => new URL(`./recordings/${family}.${extension}`, folder);
  const { cases } = JSON.parse(readFileSync(file('json'), 'utf8')) as { cases: { name: string; config: Config }[] };
  const packed = file('safetensors.gz');
  const { tensors } = parseSafetensors(
    existsSync(packed) ? gunzipSync(readFileSync(packed)) : readFileSync(file('safetensors')),
  );
  return cases.map(({ name, config }) => {
    const prefix = `${name}/`;
    const own = new Map(
      [...tensors].filter(([key]) => key.startsWith(prefix)).map(([key, array]) => [key.slice(prefix.length), array]),
    );
    return {
      name,
      config,
      tensors: own,
      tensor<D extends DType = 'float32'>(key: string, dtype = 'float32' as D) {
        const array = own.get(key);
        if (array?.dtype !== dtype) throw new Error(`${family}: case ${name} has no ${dtype} tensor ${key}`);
        return array as HostArray<D>;
      },
    };
  });
}
