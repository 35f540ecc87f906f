import { type Backend, createBackend, setDefaultBackend } from '@flambeau/core';

/** The backend on which these tests make models; the default one from then on. */
export async function simd(): Promise<Backend> {
  const backend = await createBackend('simd', { threads: 1 });
  setDefaultBackend(backend);
  return backend;
}
