import type { ImageModel } from '../models/imageModel.ts';

/** The kernels of one convolution. */
export interface Filters {
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  /** `kernels[out][in]`, row by row. */
  readonly kernels: readonly (readonly Float32Array[])[];
}

/** Reads the kernels of every convolution that the model shows; for the notes' CNN 6×1 and 12×6 of 5×5. */
export async function filters(model: ImageModel): Promise<Filters[]> {
  return Promise.all(
    model.featureLayers.map(async ({ name, filters }) => {
      const { data, shape } = await filters.toHost();
      const [outChannels, inChannels, height, width] = shape as [number, number, number, number];
      const size = height * width;
      const kernels = Array.from({ length: outChannels }, (_, out) =>
        Array.from({ length: inChannels }, (_, channel) => {
          const start = (out * inChannels + channel) * size;
          return (data as Float32Array).slice(start, start + size);
        }),
      );
      return { layer: name, height, width, kernels };
    }),
  );
}
