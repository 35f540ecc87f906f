import { centredRange, colorize } from '../images/colorMap.ts';
import { tileSheet } from '../plots/tileSheet.ts';
import type { FeatureMaps } from './featureMaps.ts';
import type { Filters } from './filters.ts';

/**
 * The maps of one layer as a labelled SVG sheet. All share one scale from 0 to the layer's largest value, so that a map
 * that hardly answered looks dark beside the others; each caption has the map's own largest value.
 *
 * @param options.scale - screen pixels for the side of one pixel of a map; as many as make a map about 200 wide.
 */
export function featureMapSheet(
  { layer, height, width, maps }: FeatureMaps,
  { subtitle, scale = Math.max(1, Math.round(192 / width)) }: { subtitle?: string; scale?: number } = {},
): string {
  const largest = maps.map((map) => map.reduce((high, value) => Math.max(high, value), 0));
  const range = { low: 0, high: Math.max(...largest) };
  return tileSheet(
    maps.map((map) => colorize(map, width, height, { colorMap: 'inferno', range })),
    {
      title: `${layer}: ${maps.length} feature maps of ${height}×${width}`,
      subtitle,
      description: `What each of the ${maps.length} channels of ${layer} made of the image, after ReLU and before pooling. ${largest
        .map((value, map) => `Map ${map}: up to ${value.toFixed(2)}`)
        .join('; ')}.`,
      columns: Math.min(maps.length, maps.length > 6 ? 4 : 3),
      scale,
      captions: largest.map((value, map) => `map ${map} · max ${value.toFixed(2)}`),
      legend: { colorMap: 'inferno', range, unit: '(activation)' },
    },
  );
}

/**
 * The kernels of one layer as a labelled SVG sheet, a column for each filter and a row for each of its input channels.
 * White is 0, red positive, blue negative.
 *
 * @param options.scale - screen pixels for the side of one weight; 16 for a few kernels, 10 for many.
 */
export function filterSheet(
  { layer, height, width, kernels }: Filters,
  { subtitle, scale = kernels.length * kernels[0]!.length > 12 ? 10 : 16 }: { subtitle?: string; scale?: number } = {},
): string {
  const inChannels = kernels[0]!.length;
  // Row by row of the sheet: every filter's kernel for one input channel.
  const tiles = Array.from({ length: inChannels }, (_, channel) => kernels.map((filter) => filter[channel]!)).flat();
  const range = centredRange(tiles.flatMap((kernel) => [...kernel]));
  return tileSheet(
    tiles.map((kernel) => colorize(kernel, width, height, { colorMap: 'diverging', range })),
    {
      title: `${layer}: ${kernels.length} filters of ${inChannels > 1 ? `${inChannels}×` : ''}${height}×${width}`,
      subtitle,
      description: `The weights of ${layer}: a column for each of ${kernels.length} filters, a row for each of ${inChannels} input channels, from ${range.low.toFixed(2)} (blue) over 0 (white) to ${range.high.toFixed(2)} (red).`,
      columns: kernels.length,
      scale,
      columnNames: kernels.map((_, filter) => String(filter)),
      rowNames: inChannels > 1 ? Array.from({ length: inChannels }, (_, channel) => `input ${channel}`) : undefined,
      legend: { colorMap: 'diverging', range, unit: '(weight)' },
    },
  );
}
