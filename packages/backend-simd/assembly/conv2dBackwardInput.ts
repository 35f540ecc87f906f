/**
 * The input's gradient of a convolution where it can't or shouldn't be written as a convolution: for each image the column matrix Wᵀ · gradOutput, whose
 * entries are then added to the pixels they came from.
 */
import { aligned, ceilDivide, Conv2dGeometry } from "./conv2dGeometry";
import { gemm, gemmScratchBytes } from "./gemm";

export function conv2dBackwardInputScratchBytes(geometry: usize): usize {
  const g = changetype<Conv2dGeometry>(geometry);
  return aligned(<usize>(g.steps * g.outHeight * g.outWidth) << 2) + aligned(gemmScratchBytes()) + 128;
}

/** Adds columns[C·kh·kw, Ho·Wo] to the pixels of one image's group. */
function addColumns(g: Conv2dGeometry, columns: usize, image: usize): void {
  for (let channel = 0; channel < g.groupIn; channel++) {
    for (let kernelRow = 0; kernelRow < g.kernelHeight; kernelRow++) {
      for (let kernelColumn = 0; kernelColumn < g.kernelWidth; kernelColumn++) {
        const top = kernelRow * g.dilationHeight - g.padTop;
        const left = kernelColumn * g.dilationWidth - g.padLeft;
        const first = max(0, ceilDivide(-left, g.strideWidth));
        const last = min(g.outWidth, ceilDivide(g.inWidth - left, g.strideWidth));
        for (let y = 0; y < g.outHeight; y++) {
          const row = y * g.strideHeight + top;
          if (row < 0 || row >= g.inHeight) continue;
          const to = image + ((<usize>(row * g.inWidth)) << 2);
          const from = columns + ((<usize>(y * g.outWidth)) << 2);
          let x = first;
          if (g.strideWidth == 1) {
            for (; x + 4 <= last; x += 4) {
              const pixels = to + ((<usize>(x + left)) << 2);
              v128.store(pixels, f32x4.add(v128.load(pixels), v128.load(from + ((<usize>x) << 2))));
            }
          }
          for (; x < last; x++) {
            const pixel = to + ((<usize>(x * g.strideWidth + left)) << 2);
            store<f32>(pixel, load<f32>(pixel) + load<f32>(from + ((<usize>x) << 2)));
          }
        }
        columns += (<usize>(g.outHeight * g.outWidth)) << 2;
      }
    }
    image += (<usize>(g.inHeight * g.inWidth)) << 2;
  }
}

/** gradInput of images [begin, end). `geometry` is the forward convolution's. */
export function conv2dBackwardInput(
  geometry: usize,
  gradOutput: usize,
  weight: usize,
  gradInput: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Conv2dGeometry>(geometry);
  const steps = g.steps;
  const groupOut = g.groupOut;
  const pixels = g.outHeight * g.outWidth;
  const columns = aligned(scratch);
  const gemmScratch = columns + aligned(<usize>(steps * pixels) << 2);
  const imageBytes = (<usize>(g.groupIn * g.inHeight * g.inWidth)) << 2;
  for (let image = begin; image < end; image++) {
    for (let group = 0; group < g.groups; group++) {
      const index = image * g.groups + group;
      const target = gradInput + <usize>index * imageBytes;
      memory.fill(target, 0, imageBytes);
      gemm(
        weight + ((<usize>(group * groupOut * steps)) << 2),
        gradOutput + ((<usize>(index * groupOut * pixels)) << 2),
        columns,
        steps,
        pixels,
        groupOut,
        true,
        false,
        false,
        0,
        steps,
        0,
        pixels,
        gemmScratch,
      );
      addColumns(g, columns, target);
    }
  }
}
