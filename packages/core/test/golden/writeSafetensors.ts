/*
 * Writes `recordings/ours.safetensors`: what the library's own recording becomes when it is read and written here. The
 * library has checked it since (`safetensors_files.py FILE`); a test holds what is written to these bytes.
 *
 *     node --import tsx packages/core/test/golden/writeSafetensors.ts
 *     python packages/core/test/golden/safetensors_files.py packages/core/test/golden/recordings/ours.safetensors
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseSafetensors, serializeSafetensors } from '../../src/io/safetensors.ts';

const recording = (name: string) => new URL(`./recordings/${name}.safetensors`, import.meta.url);
const { tensors, metadata } = parseSafetensors(readFileSync(recording('library')));
writeFileSync(recording('ours'), serializeSafetensors(tensors, metadata));
