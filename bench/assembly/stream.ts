/** to[i] = from[i] + 1, by 16 floats at once; `count` is a multiple of 16. Each float is read once and written once. */
export function stream(from: usize, to: usize, count: i32): void {
  const one = f32x4.splat(1);
  for (; count > 0; count -= 16) {
    v128.store(to, f32x4.add(v128.load(from), one));
    v128.store(to, f32x4.add(v128.load(from, 16), one), 16);
    v128.store(to, f32x4.add(v128.load(from, 32), one), 32);
    v128.store(to, f32x4.add(v128.load(from, 48), one), 48);
    from += 64;
    to += 64;
  }
}
