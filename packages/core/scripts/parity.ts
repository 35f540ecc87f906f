/*
 * Prints how far every layer, loss, optimizer, scheduler and generator is from PyTorch's recorded numbers.
 *
 *     pnpm parity            prints the table; exits with 1 if anything is off by more than 1e-5
 *     pnpm parity --write    also writes docs/parity.md
 */
import { writeFileSync } from 'node:fs';
import { createBackend } from '../src/backend/createBackend.ts';
import { formatParity, measureParity } from '../test/golden/parityTable.ts';

const TOLERANCE = 1e-5;
const PREFACE = `# How close to PyTorch

Each row is held to numbers that PyTorch 2.13 gave: outputs, gradients by input and parameters, and every step of an
optimizer or scheduler, over odd shapes. The number is the worst error of all of them, as the largest difference over
the largest expected number; 0 is equal bit for bit. References are computed in float64 where PyTorch's own float32 is
less exact. Written by \`pnpm parity --write\`.

`;

const names = ['simd', 'cpu'];
const backends = await Promise.all(names.map((name) => createBackend(name)));
const rows = await measureParity(backends);
const table = formatParity(rows, names);
process.stdout.write(table);
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../../../docs/parity.md', import.meta.url), PREFACE + table);
}
const off = rows.filter(({ worst }) => !Object.values(worst).every((error) => error <= TOLERANCE));
if (off.length > 0) {
  process.stderr.write(`off by more than ${TOLERANCE}: ${off.map(({ subject }) => subject).join(', ')}\n`);
  process.exitCode = 1;
}
