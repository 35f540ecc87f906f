/**
 * One step of one sequence through a plain recurrent layer, and its gradient, from the maps W·x + b and W·h + b. Vectors at a
 * row's end read past it and write what is theirs.
 */
import { storeUpTo4 } from "./attention";
import { tanhVector } from "./math";

/** h′ = f(W·x + W·h), f being ReLU (NaN stays NaN) or tanh. */
export function rnnRow(relu: bool, ofInput: usize, ofHidden: usize, after: usize, size: i32): void {
  const zero = f32x4.splat(0);
  for (let left = size; left > 0; left -= 4) {
    const sum = f32x4.add(v128.load(ofInput), v128.load(ofHidden));
    storeUpTo4(after, relu ? f32x4.max(sum, zero) : tanhVector(sum), left);
    ofInput += 16;
    ofHidden += 16;
    after += 16;
  }
}

/**
 * `gradient` holds that of h′ but for `gradOutput`, and afterwards 0, as h goes through its map alone. The gradient of either map:
 * that of h′ times f′, which is 1 − h′² of tanh, and 1 where h′ > 0 of ReLU.
 */
export function rnnRowBackward(
  relu: bool,
  after: usize,
  gradOutput: usize,
  gradient: usize,
  map: usize,
  size: i32,
): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let left = size; left > 0; left -= 4) {
    const y = v128.load(after);
    const slope = relu ? v128.and(one, f32x4.gt(y, zero)) : f32x4.sub(one, f32x4.mul(y, y));
    storeUpTo4(map, f32x4.mul(f32x4.add(v128.load(gradient), v128.load(gradOutput)), slope), left);
    storeUpTo4(gradient, zero, left);
    after += 16;
    gradOutput += 16;
    gradient += 16;
    map += 16;
  }
}
