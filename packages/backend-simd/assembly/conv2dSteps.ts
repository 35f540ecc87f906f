/** What the convolution's tile walks over: weights, packed in the order of its steps, and where each step's input lies. */
import { Conv2dGeometry } from "./conv2dGeometry";
import { blockCount, blockStart } from "./tile";

/**
 * Packs weights [O, C, kh, kw] into blocks of output channels, step-major, as the tile reads them. The steps go by kernel
 * row first, then channel, then kernel column: so the steps of a range of kernel rows lie side by side, and those that
 * would only meet padding can be left out.
 */
export function packWeights(g: Conv2dGeometry, weight: usize, packed: usize): void {
  const steps = g.steps;
  const groupOut = g.groupOut;
  const blocks = blockCount(groupOut);
  const kernelHeight = g.kernelHeight;
  const kernelWidth = g.kernelWidth;
  for (let group = 0; group < g.groups; group++) {
    for (let block = 0; block < blocks; block++) {
      const start = blockStart(block, groupOut, blocks);
      const rows = blockStart(block + 1, groupOut, blocks) - start;
      const from = weight + ((<usize>((group * groupOut + start) * steps)) << 2);
      for (let i = 0; i < kernelHeight; i++) {
        for (let channel = 0; channel < g.groupIn; channel++) {
          for (let j = 0; j < kernelWidth; j++) {
            const step = (channel * kernelHeight + i) * kernelWidth + j;
            for (let row = 0; row < rows; row++) {
              store<u32>(packed, load<u32>(from + ((<usize>(row * steps + step)) << 2)));
              packed += 4;
            }
          }
        }
      }
    }
  }
}

/** The same for the gradient's convolution: its output channels are `weight`'s input channels, its kernels lie flipped. */
export function packFlippedWeights(g: Conv2dGeometry, weight: usize, packed: usize): void {
  const groupIn = g.groupIn;
  const groupOut = g.groupOut;
  const kernelHeight = g.kernelHeight;
  const kernelWidth = g.kernelWidth;
  const blocks = blockCount(groupOut);
  for (let group = 0; group < g.groups; group++) {
    for (let block = 0; block < blocks; block++) {
      const start = blockStart(block, groupOut, blocks);
      const end = blockStart(block + 1, groupOut, blocks);
      for (let i = kernelHeight - 1; i >= 0; i--) {
        for (let channel = 0; channel < groupIn; channel++) {
          for (let j = kernelWidth - 1; j >= 0; j--) {
            for (let row = start; row < end; row++) {
              const kernel = (group * groupIn + channel) * groupOut + row;
              const from = (kernel * kernelHeight + i) * kernelWidth + j;
              store<u32>(packed, load<u32>(weight + ((<usize>from) << 2)));
              packed += 4;
            }
          }
        }
      }
    }
  }
}

/** For each step, how many bytes after the window's corner its input lies. */
export function writeStepOffsets(g: Conv2dGeometry, offsets: usize): void {
  const width = g.frameWidth;
  const plane = g.frameHeight * width;
  for (let i = 0; i < g.kernelHeight; i++) {
    for (let channel = 0; channel < g.groupIn; channel++) {
      for (let j = 0; j < g.kernelWidth; j++) {
        store<i32>(offsets, (channel * plane + i * g.dilationHeight * width + j * g.dilationWidth) << 2);
        offsets += 4;
      }
    }
  }
}
