/** The last steps of group normalisation: rows of `inner` floats, each with a factor and an offset of its own. */
import { loadLanes, storeLanes } from "./tile";

// @ts-ignore: decorator
@inline
function load4(pointer: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(pointer) : loadLanes(pointer, lanes);
}

/** out = (x − mean[row])·factor[row] + offset[row]; with `g` (else 0) out = g·scale[row] − that. For rows [begin, end). */
export function affineRows(
  x: usize,
  g: usize,
  mean: usize,
  factor: usize,
  offset: usize,
  scale: usize,
  out: usize,
  inner: i32,
  begin: i32,
  end: i32,
): void {
  const rows = inner == 1 ? 1 : end - begin;
  const count = inner == 1 ? end - begin : inner;
  let at = (<usize>begin * <usize>inner) << 2;
  let r = (<usize>begin) << 2;
  for (let row = 0; row < rows; row++) {
    let centres = v128.load32_splat(mean + r);
    let factors = v128.load32_splat(factor + r);
    let offsets = v128.load32_splat(offset + r);
    let scales = g ? v128.load32_splat(scale + r) : factors;
    for (let i = 0; i < count; i += 4) {
      const lanes = min(4, count - i);
      if (inner == 1) {
        // Rows of one float: the vectors run over rows.
        centres = load4(mean + at, lanes);
        factors = load4(factor + at, lanes);
        offsets = load4(offset + at, lanes);
        if (g) scales = load4(scale + at, lanes);
      }
      let y = f32x4.add(f32x4.mul(f32x4.sub(load4(x + at, lanes), centres), factors), offsets);
      if (g) y = f32x4.sub(f32x4.mul(load4(g + at, lanes), scales), y);
      if (lanes == 4) v128.store(out + at, y);
      else storeLanes(out + at, y, lanes);
      at += (<usize>lanes) << 2;
    }
    r += 4;
  }
}
