import { type Backend, createBackend, setDefaultBackend } from '@flambeau/core';

/** The backend on which these tests make models; the first one asked for is the default from then on. */
export async function simd(): Promise<Backend> {
  const backend = await createBackend('simd');
  setDefaultBackend(backend);
  return backend;
}
