export { accuracy, correct } from './accuracy.ts';
export { ConfusionMatrix } from './confusionMatrix.ts';
export { Totals } from './totals.ts';
