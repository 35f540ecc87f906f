import { encode } from 'fast-png';
import type { RgbaImage } from './rgbaImage.ts';

/** The bytes of a PNG file (8 bits a channel, red, green, blue and alpha). */
export function encodePng(image: RgbaImage): Uint8Array {
  return encode({ width: image.width, height: image.height, data: image.data, channels: 4, depth: 8 });
}

/** A PNG as a `data:` URL, for an `<img>` or an SVG's `<image>`. */
export function pngDataUrl(image: RgbaImage): string {
  let binary = '';
  for (const byte of encodePng(image)) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
