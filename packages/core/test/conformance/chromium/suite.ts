import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createBackend } from '../../../src/backend/createBackend.ts';
import { type ConformanceResult, conformanceCases, runSuite } from '../../../src/conformance/index.ts';

/** What a page's worker answers. */
export interface SuiteReport {
  readonly device: string;
  readonly results: readonly ConformanceResult[];
}

/** Runs the suite on a backend, inside a Web Worker: the threads of simd need one that may wait. */
async function reportOn(name: string): Promise<SuiteReport> {
  setWasmPaths('/wasm/');
  const [reference, backend] = [await createBackend('cpu'), await createBackend(name)];
  return { device: backend.device, results: await runSuite(conformanceCases, backend, reference) };
}

const scope = globalThis as unknown as {
  onmessage: (event: { data: string }) => void;
  postMessage(message: SuiteReport | { readonly error: string }): void;
};
scope.onmessage = ({ data }) => {
  reportOn(data).then(
    (report) => scope.postMessage(report),
    (error) => scope.postMessage({ error: String(error) }),
  );
};
