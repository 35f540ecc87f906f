import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Before any test: the kernels are those of the sources, also after a pull. Does nothing where they are. */
export default function generateKernels(): void {
  const script = join(import.meta.dirname, '../packages/backend-simd/scripts/generate.mjs');
  execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}
