export { svgToPng } from './plots/svgToPng.ts';
