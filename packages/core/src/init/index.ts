export { calculateFanInAndFanOut, calculateGain, type Nonlinearity } from './fan.ts';
export {
  constant,
  type FanMode,
  type Initializer,
  type KaimingOptions,
  kaimingNormal,
  kaimingUniform,
  normal,
  onesInit as ones,
  uniform,
  type XavierOptions,
  xavierNormal,
  xavierUniform,
  zerosInit as zeros,
} from './initializers.ts';
export { orthogonal } from './orthogonal.ts';
