import { writeFileAtomic } from '@flambeau/core/node';
import { svgToPng } from '@flambeau/vision/node';

/** Writes a picture as `PATH.svg` and `PATH.png`, and gives the latter's path. */
export async function writePicture(path: string, svg: string): Promise<string> {
  await writeFileAtomic(`${path}.svg`, svg);
  await writeFileAtomic(`${path}.png`, await svgToPng(svg));
  return `${path}.png`;
}
