export type { FeatureLayer } from './features/featureLayer.ts';
export { type FeatureMaps, type FeatureReading, featureMaps } from './features/featureMaps.ts';
export { featureMapSheet, filterSheet } from './features/featureSheets.ts';
export { type Filters, filters } from './features/filters.ts';
export {
  type ColorMapName,
  centredRange,
  colorize,
  colorTable,
  type ValueRange,
  valueRange,
} from './images/colorMap.ts';
export { type GridOptions, imageGrid } from './images/grid.ts';
export { encodePng, pngDataUrl } from './images/png.ts';
export { paste, type RgbaImage, solidImage, upscale } from './images/rgbaImage.ts';
export { type Mistake, mostConfidentlyWrong } from './metrics/mostConfidentlyWrong.ts';
export { type ClassFigures, perClass } from './metrics/perClass.ts';
export { type ImageModel, type ImageModelEntry, imageModels, modelOfStateDict } from './models/imageModel.ts';
export { NotesBnCnn } from './models/notesBnCnn.ts';
export { NotesCnn } from './models/notesCnn.ts';
export { NotesDropoutCnn, type NotesDropoutCnnOptions } from './models/notesDropoutCnn.ts';
export { ResidualCnn, type ResidualCnnOptions } from './models/residualCnn.ts';
export { type ConfusionMatrixOptions, confusionMatrixPlot } from './plots/confusionMatrixPlot.ts';
export { type MistakeSheetOptions, mistakeSheet } from './plots/mistakeSheet.ts';
export { createRasterizer, type Rasterizer, type RasterizerAssets } from './plots/rasterizer.ts';
export { type TileSheetOptions, tileSheet } from './plots/tileSheet.ts';
export { type EpochFigures, type TrainingCurvesOptions, trainingCurves } from './plots/trainingCurves.ts';
export { lossFunctionOf, type Recipe, recipeNamed, recipes, type ScheduleOptions } from './recipes/recipe.ts';
export * as transforms from './transforms/index.ts';
