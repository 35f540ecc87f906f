import { setBackend } from '@tensorflow/tfjs-core';
import { internals } from './engine.ts';
import { mendGradients } from './mendedGradients.ts';
import { inNode } from './peer.ts';
import { type BackendProbe, type BackendProvider, BackendUnavailableError } from './provider.ts';

/** What we read of `@tensorflow/tfjs-node`'s backend. */
interface TensorFlowBackend {
  readonly isGPUPackage: boolean;
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** TensorFlow's C library on a CPU, by `@tensorflow/tfjs-node`. */
export const nodeProvider: BackendProvider = providerOf('node', '@tensorflow/tfjs-node');

/**
 * TensorFlow's C library with CUDA, by `@tensorflow/tfjs-node-gpu`. Without a GPU that it can use it computes on the CPU;
 * the device string says which it is, and `'auto'` passes it over then.
 */
export const nodeGpuProvider: BackendProvider = {
  ...providerOf('node-gpu', '@tensorflow/tfjs-node-gpu'),
  probe: () => probeInChild('node-gpu', '@tensorflow/tfjs-node-gpu'),
};

function providerOf(name: string, packageName: string): BackendProvider {
  return {
    name,
    async open({ threads }) {
      if (threads !== undefined) {
        throw new BackendUnavailableError(
          `backend '${name}' has no threads to set here: set TF_NUM_INTRAOP_THREADS before Node starts`,
        );
      }
      if (!inNode)
        throw new BackendUnavailableError(`backend '${name}' needs Node: in a browser use 'webgpu' or 'simd'`);
      restoreOldUtilities();
      await importNative(name, packageName);
      await setBackend('tensorflow');
      const backend = internals().backend as unknown as TensorFlowBackend;
      // Both packages call their backend the same: the first one stays.
      if (backend.isGPUPackage !== (name === 'node-gpu')) {
        throw new BackendUnavailableError(
          `backend '${name}' can't be had in a process that has opened '${name === 'node' ? 'node-gpu' : 'node'}': use one of the two`,
        );
      }
      return {
        tfName: 'tensorflow',
        device: deviceName(backend.isUsingGpuDevice, backend.binding.TF_Version, name),
        capabilities: { synchronousReads: true, gpu: backend.isUsingGpuDevice },
      };
    },
  };
}

function deviceName(usesGpu: boolean, version: string, name: string): string {
  if (usesGpu) return `GPU · TensorFlow ${version} with CUDA`;
  return `CPU · TensorFlow ${version}${name === 'node-gpu' ? ', CUDA found no GPU' : ''}`;
}

async function importNative(name: string, packageName: string): Promise<void> {
  try {
    // Not written out: no bundler is to look for it.
    await import(/* @vite-ignore */ /* webpackIgnore: true */ packageName);
  } catch (cause) {
    throw new BackendUnavailableError(whyNotLoaded(name, packageName, cause as NodeJS.ErrnoException), { cause });
  } finally {
    // The package brings TensorFlow.js's own gradients along, which take the place of those that core has mended.
    mendGradients();
  }
}

/** What to do about a package that can't be loaded: it may be missing, or its native half. */
function whyNotLoaded(name: string, packageName: string, { code, message }: NodeJS.ErrnoException): string {
  const isMissing = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(packageName);
  if (isMissing && !message.includes('tfjs_binding')) {
    return `backend '${name}' needs a package: npm install ${packageName}`;
  }
  if (message.includes('tfjs_binding') || code === 'ERR_DLOPEN_FAILED') {
    const rebuild = `npm rebuild ${packageName} --build-addon-from-source`;
    return `backend '${name}' lacks its native half (${message.split('\n')[0].slice(0, 200)}): ${rebuild}`;
  }
  return `backend '${name}' failed to load ${packageName}: ${message.split('\n')[0].slice(0, 200)}`;
}

/** `@tensorflow/tfjs-node` 4.22 uses two functions that Node has had for long and dropped in 23. */
function restoreOldUtilities(): void {
  const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>;
  util.isArray ??= Array.isArray;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

/** Looks in a process of its own, since loading a broken driver may end the process; not at all where it isn't installed. */
async function probeInChild(name: string, packageName: string): Promise<BackendProbe> {
  const unavailable = (reason: string): BackendProbe => ({ available: false, device: '', reason });
  if (!inNode) return unavailable(`backend '${name}' needs Node: in a browser use 'webgpu' or 'simd'`);
  const { execFile } = process.getBuiltinModule('node:child_process');
  const program = `
    import util from 'node:util';
    import { createRequire } from 'node:module';
    try { createRequire(import.meta.url).resolve('${packageName}'); } catch { process.exit(3); }
    util.isArray ??= Array.isArray;
    util.isNullOrUndefined ??= (value) => value == null;
    const tf = (await import('${packageName}')).default;
    const { isUsingGpuDevice, binding } = tf.backend();
    console.log(JSON.stringify({ usesGpu: isUsingGpuDevice, version: binding.TF_Version }));
    process.exit(0);`;
  const settings = { cwd: import.meta.dirname, timeout: 60_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], settings, (error, output, errors) => {
      if (error === null) {
        const { usesGpu, version } = JSON.parse(output.trim().split('\n').at(-1)!);
        const reason = usesGpu ? '' : 'CUDA found no GPU, and on a CPU simd is faster';
        resolve({ available: true, device: deviceName(usesGpu, version, name), reason });
      } else if (error.code === 3)
        resolve(unavailable(`backend '${name}' needs a package: npm install ${packageName}`));
      else if (errors.includes('tfjs_binding') || errors.includes('ERR_DLOPEN_FAILED')) {
        const rebuild = `npm rebuild ${packageName} --build-addon-from-source`;
        resolve(unavailable(`backend '${name}' lacks its native half: ${rebuild}`));
      } else {
        const how = error.signal ? `signal ${error.signal}` : `exit code ${error.code}`;
        resolve(unavailable(`backend '${name}' failed when it was looked for (${how})`));
      }
    });
  });
}
