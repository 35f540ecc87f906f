import { conformanceOf } from './conformanceOf.ts';
import { nativeOrReason } from './native.ts';

// In a process of its own: tfjs-node and tfjs-node-gpu call their backend the same.
conformanceOf('node-gpu', await nativeOrReason('node-gpu'));
