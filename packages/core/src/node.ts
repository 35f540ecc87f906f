export { sweepTemporaries, writeFileAtomic } from './io/atomicFile.ts';
export { fileLog } from './io/fileLog.ts';
export { loadSafetensors, loadWeights, saveSafetensors } from './io/files.ts';
