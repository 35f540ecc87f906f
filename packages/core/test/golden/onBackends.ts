import { beforeAll, describe } from 'vitest';
import { type Backend, setDefaultBackend } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';

/** The backends that are held to PyTorch's numbers on every machine. */
const BACKENDS = ['simd', 'cpu'];

/** Declares a family's tests once for each backend, with that backend as the default one. */
export function onBackends(family: string, tests: (backend: () => Backend) => void): void {
  describe.each(BACKENDS)(`${family} on %s`, (name) => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await createBackend(name);
      setDefaultBackend(backend);
    });
    tests(() => backend);
  });
}
