/**
 * C[M, N] = op(A)[M, K] · op(B)[K, N], as a first try writes it: 6 rows × 8 columns of C in registers, A and B read where
 * they lie. No packing, no blocking for caches. B must be row-major: a transposed one is turned first, into `scratch`.
 */
export function gemm(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  let right = b;
  if (transposeB) {
    turn(b, n, k, scratch);
    right = scratch;
  }
  // From one row of op(A) to the next, and from one step of the sum to the next.
  const aRow: usize = (transposeA ? <usize>1 : <usize>k) << 2;
  const aStep: usize = (transposeA ? <usize>m : <usize>1) << 2;
  const bStep: usize = (<usize>n) << 2;
  let row = 0;
  for (; row + 6 <= m; row += 6) {
    let column = 0;
    for (; column + 8 <= n; column += 8) {
      tile(
        a + <usize>row * aRow,
        aRow,
        aStep,
        right + ((<usize>column) << 2),
        bStep,
        k,
        c + ((<usize>(row * n + column)) << 2),
        bStep,
      );
    }
    edge(a, aRow, aStep, right, n, k, c, row, row + 6, column);
  }
  edge(a, aRow, aStep, right, n, k, c, row, m, 0);
}

/** to[columns, rows] = from[rows, columns]ᵀ */
function turn(from: usize, rows: i32, columns: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      store<f32>(to + ((<usize>(column * rows + row)) << 2), load<f32>(from));
      from += 4;
    }
  }
}

/** 6 × 8 numbers of C. */
function tile(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cRow: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  const aRow2 = aRow * 2;
  const aRow3 = aRow * 3;
  const aRow4 = aRow * 4;
  const aRow5 = aRow * 5;
  for (; steps > 0; steps--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a + aRow);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a + aRow2);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a + aRow3);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    x = v128.load32_splat(a + aRow4);
    c40 = f32x4.add(c40, f32x4.mul(x, b0));
    c41 = f32x4.add(c41, f32x4.mul(x, b1));
    x = v128.load32_splat(a + aRow5);
    c50 = f32x4.add(c50, f32x4.mul(x, b0));
    c51 = f32x4.add(c51, f32x4.mul(x, b1));
    a += aStep;
    b += bStep;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cRow;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cRow;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cRow;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cRow;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += cRow;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}

/** What does not fill a tile, row by row: sixteen columns at once, four, then one. */
function edge(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  n: i32,
  k: i32,
  c: usize,
  rowBegin: i32,
  rowEnd: i32,
  columnBegin: i32,
): void {
  const bStep: usize = (<usize>n) << 2;
  for (let row = rowBegin; row < rowEnd; row++) {
    let column = columnBegin;
    for (; column + 16 <= n; column += 16) {
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      let from = a + <usize>row * aRow;
      let right = b + ((<usize>column) << 2);
      for (let step = 0; step < k; step++) {
        const x = v128.load32_splat(from);
        sum0 = f32x4.add(sum0, f32x4.mul(x, v128.load(right)));
        sum1 = f32x4.add(sum1, f32x4.mul(x, v128.load(right, 16)));
        sum2 = f32x4.add(sum2, f32x4.mul(x, v128.load(right, 32)));
        sum3 = f32x4.add(sum3, f32x4.mul(x, v128.load(right, 48)));
        from += aStep;
        right += bStep;
      }
      const to = c + ((<usize>(row * n + column)) << 2);
      v128.store(to, sum0);
      v128.store(to, sum1, 16);
      v128.store(to, sum2, 32);
      v128.store(to, sum3, 48);
    }
    for (; column + 4 <= n; column += 4) {
      let sum = f32x4.splat(0);
      let from = a + <usize>row * aRow;
      let right = b + ((<usize>column) << 2);
      for (let step = 0; step < k; step++) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(from), v128.load(right)));
        from += aStep;
        right += bStep;
      }
      v128.store(c + ((<usize>(row * n + column)) << 2), sum);
    }
    for (; column < n; column++) {
      let sum: f32 = 0;
      let from = a + <usize>row * aRow;
      let right = b + ((<usize>column) << 2);
      for (let step = 0; step < k; step++) {
        sum += load<f32>(from) * load<f32>(right);
        from += aStep;
        right += bStep;
      }
      store<f32>(c + ((<usize>(row * n + column)) << 2), sum);
    }
  }
}
