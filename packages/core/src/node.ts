export { sweepTemporaries, writeFileAtomic } from './io/atomicFile.ts';
export { loadSafetensors, saveSafetensors } from './io/files.ts';
