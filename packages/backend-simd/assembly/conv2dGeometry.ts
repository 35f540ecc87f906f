/** The numbers of one 2-D convolution, NCHW, as the host writes them into memory: 18 i32 in this order. */
@unmanaged
export class Conv2dGeometry {
  batch: i32;
  inChannels: i32;
  inHeight: i32;
  inWidth: i32;
  outChannels: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padTop: i32;
  padBottom: i32;
  padLeft: i32;
  padRight: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  groups: i32;

  /** Input channels of one group. */
  get groupIn(): i32 {
    return this.inChannels / this.groups;
  }
  /** Output channels of one group. */
  get groupOut(): i32 {
    return this.outChannels / this.groups;
  }
  /** Weights of one output channel. */
  get steps(): i32 {
    return this.groupIn * this.kernelHeight * this.kernelWidth;
  }
  /** Whether the image has to be copied into a frame before windows can be read from it. Padding may be negative: that crops. */
  get padded(): bool {
    return (this.padTop | this.padBottom | this.padLeft | this.padRight) != 0;
  }
  get frameHeight(): i32 {
    return this.inHeight + this.padTop + this.padBottom;
  }
  get frameWidth(): i32 {
    return this.inWidth + this.padLeft + this.padRight;
  }
  /** Bytes of the padded image of one group. Whole vectors may be read 12 bytes past it. */
  get frameBytes(): i32 {
    return this.padded ? ((this.groupIn * this.frameHeight * this.frameWidth) << 2) + 64 : 0;
  }
}

/** Rounds up to whole cache lines. */
// @ts-ignore: decorator
@inline
export function aligned(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

/** ⌈a / b⌉ for b > 0. */
// @ts-ignore: decorator
@inline
export function ceilDivide(a: i32, b: i32): i32 {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}

/** Copies one group's planes into a frame of zeros, or crops them where padding is negative. */
export function copyToFrame(g: Conv2dGeometry, image: usize, frame: usize): void {
  const height = g.frameHeight;
  const width = g.frameWidth;
  const channels = g.groupIn;
  const rowBytes = (<usize>width) << 2;
  const imageRow = (<usize>g.inWidth) << 2;
  const firstRow = max(0, -g.padTop);
  const lastRow = min(g.inHeight, height - g.padTop);
  const firstColumn = max(0, -g.padLeft);
  const lastColumn = min(g.inWidth, width - g.padLeft);
  memory.fill(frame, 0, <usize>channels * <usize>height * rowBytes);
  if (lastColumn <= firstColumn) return;
  const bytes = (<usize>(lastColumn - firstColumn)) << 2;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = firstRow; row < lastRow; row++) {
      memory.copy(
        frame + <usize>(row + g.padTop) * rowBytes + ((<usize>(firstColumn + g.padLeft)) << 2),
        image + <usize>row * imageRow + ((<usize>firstColumn) << 2),
        bytes,
      );
    }
    frame += <usize>height * rowBytes;
    image += <usize>g.inHeight * imageRow;
  }
}

/** For each weight of a window (channel, row, column), how many bytes after the window's corner its input lies. */
export function writeOffsets(g: Conv2dGeometry, offsets: usize): void {
  const width = g.frameWidth;
  const plane = g.frameHeight * width;
  for (let channel = 0; channel < g.groupIn; channel++) {
    for (let row = 0; row < g.kernelHeight; row++) {
      for (let column = 0; column < g.kernelWidth; column++) {
        store<i32>(
          offsets,
          (channel * plane + row * g.dilationHeight * width + column * g.dilationWidth) << 2,
        );
        offsets += 4;
      }
    }
  }
}

/** Bytes from the frame's start to the corner of output pixel `pixel`'s window. */
// @ts-ignore: decorator
@inline
export function windowCorner(g: Conv2dGeometry, pixel: i32): usize {
  const row = pixel / g.outWidth;
  const column = pixel - row * g.outWidth;
  return (<usize>(row * g.strideHeight * g.frameWidth + column * g.strideWidth)) << 2;
}
