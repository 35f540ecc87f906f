export { calculateFanInAndFanOut, calculateGain, type Nonlinearity } from './fan.ts';
export {
  type FanMode,
  type Initializer,
  kaimingUniform,
  onesInit as ones,
  uniform,
  zerosInit as zeros,
} from './initializers.ts';
