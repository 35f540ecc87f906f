/**
 * Runs inside the bundled suite, before its tests are declared: Jasmine's globals, tfjs with gradients and chained ops, and
 * the one test environment, this backend. Prints one JSON line when the suite is done.
 */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';
import boot from 'jasmine-core/lib/jasmine-core/node_boot.js';
import { registerSimdBackend, type SimdBackendOptions } from '../../src/index.ts';

export interface SuiteResult {
  passed: number;
  /** "full name: first message" of each spec that failed. */
  failed: string[];
}

/** The options of the backend, as JSON. */
const options: SimdBackendOptions = JSON.parse(process.env.SIMD_OPTIONS ?? '{}');
const backendName = registerSimdBackend(options);
setTestEnvs([{ name: backendName, backendName, isDataSync: true }]);

const jasmine = boot(jasmineRequire);
const result: SuiteResult = { passed: 0, failed: [] };
const environment = jasmine.getEnv();
environment.configure({ random: false });
environment.addReporter({
  specDone(spec) {
    if (spec.status === 'passed') result.passed++;
    else if (spec.status === 'failed') result.failed.push(`${spec.fullName}: ${spec.failedExpectations[0]?.message}`);
  },
  jasmineDone() {
    process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
  },
});
setTimeout(() => environment.execute(), 0);
