import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { conformanceCases, runCase } from '../../src/conformance/index.ts';

/**
 * Declares the whole suite for a backend.
 *
 * @param missing - why it can't be had here, if it can't: its cases are then skipped, and count as such.
 */
export function conformanceOf(name: string, missing = ''): void {
  describe(`conformance of ${name}`, () => {
    let backend: Backend;
    let reference: Backend;
    beforeAll(async () => {
      reference = await createBackend('cpu');
      if (missing === '') backend = await createBackend(name);
    });

    it.skipIf(missing !== '').each(conformanceCases)('$op: $title', async (test) => {
      const { passed, errors } = await runCase(test, backend, reference);
      expect(passed, JSON.stringify(errors)).toBe(true);
    });
  });
}
