import { describeFailure } from './commandLine/failure.ts';
import { createProgram } from './program.ts';

// `pnpm demo -- ARGS` hands a literal `--` on: drop the first one.
const args = process.argv.slice(2);
const separator = args.indexOf('--');
if (separator >= 0) args.splice(separator, 1);

// A reader that has seen enough (`flambeau … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await createProgram().parseAsync(args, { from: 'user' });
} catch (error) {
  const { message, exitCode } = describeFailure(error, { verbose: args.includes('--verbose') });
  if (message) process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
// Worker threads and GPU devices of a backend keep a process alive; written output goes first.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit();
