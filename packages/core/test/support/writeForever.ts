import { loadSafetensors, saveSafetensors } from '../../src/io/files.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';

// A process that the tests kill, starve or lock out: writes the checkpoint PATH once with value 1, and then again and
// again with the next one, as large as MEGABYTES says.
const [path, megabytes, times] = process.argv.slice(2) as [string, string, string];
const elements = (Number(megabytes) * 2 ** 20) / 4;

// Root may write everywhere.
if (process.env.AS_NOBODY !== undefined && process.getuid?.() === 0) process.setuid!(65_534);

try {
  for (let value = 1; value <= Number(times); value++) {
    const values = new Float32Array(elements).fill(value);
    await saveSafetensors(path, [['weight', hostArray('float32', [elements], values)]]);
    const written = (await loadSafetensors(path)).tensors.get('weight')!.data[0];
    process.stdout.write(`${written}\n`);
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
