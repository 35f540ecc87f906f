import { createBackend } from '../../src/backend/createBackend.ts';

/** Empty where tfjs-node (or -node-gpu) and its native half are there; else why not, which is also printed. */
export async function nativeOrReason(name: 'node' | 'node-gpu'): Promise<string> {
  try {
    await createBackend(name);
    return '';
  } catch (error) {
    const reason = `${name} is skipped: ${(error as Error).message}`;
    process.stderr.write(`${reason}\n`);
    return reason;
  }
}
