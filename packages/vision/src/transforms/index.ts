export { Compose } from './compose.ts';
export { Normalize } from './normalize.ts';
export type { Padding, PaddingMode } from './padding.ts';
export { RandomCrop, type RandomCropOptions } from './randomCrop.ts';
export { RandomErasing, type RandomErasingOptions } from './randomErasing.ts';
export { RandomHorizontalFlip } from './randomHorizontalFlip.ts';
export { type ImageSize, Transform } from './transform.ts';
