/** Negative log-likelihood of rows of `classes` log-probabilities, and its gradient. */

/**
 * Rows [begin, end): losses[row] = −w[t]·x[row, t] and rowWeights[row] = w[t], both 0 where t is ignored and NaN where t is
 * no class.
 */
export function nllRows(
  x: usize,
  target: usize,
  weight: usize,
  losses: usize,
  rowWeights: usize,
  classes: i32,
  ignoreIndex: i32,
  begin: i32,
  end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const shift = (<usize>row) << 2;
    const t = load<i32>(target + shift);
    let loss: f32 = 0;
    let rowWeight: f32 = 0;
    if (t != ignoreIndex) {
      rowWeight = <u32>t < <u32>classes ? load<f32>(weight + ((<usize>t) << 2)) : NaN;
      // A class without weight does not count, also where it is −∞ and 0·∞ would be NaN.
      if (rowWeight != 0) loss = -rowWeight * load<f32>(x + ((<usize>row * <usize>classes + <usize>t) << 2));
    }
    store<f32>(losses + shift, loss);
    store<f32>(rowWeights + shift, rowWeight);
  }
}

/** gradInput of rows [begin, end): −w[t]·scale at t, else 0. The scale is that at row · scaleStep bytes after `scales`, over `divisor`. */
export function nllBackwardRows(
  scales: usize,
  scaleStep: usize,
  divisor: f32,
  target: usize,
  weight: usize,
  gradInput: usize,
  classes: i32,
  ignoreIndex: i32,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>classes) << 2;
  memory.fill(gradInput + <usize>begin * bytes, 0, <usize>(end - begin) * bytes);
  for (let row = begin; row < end; row++) {
    const t = load<i32>(target + ((<usize>row) << 2));
    if (t == ignoreIndex || <u32>t >= <u32>classes) continue;
    const at = (<usize>t) << 2;
    const own = load<f32>(weight + at);
    if (own == 0) continue;
    store<f32>(gradInput + <usize>row * bytes + at, -own * (load<f32>(scales + <usize>row * scaleStep) / divisor));
  }
}
