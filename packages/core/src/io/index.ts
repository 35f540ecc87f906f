export { parseSafetensors, type Safetensors, serializeSafetensors } from './safetensors.ts';
export { SafetensorsError } from './safetensorsHeader.ts';
