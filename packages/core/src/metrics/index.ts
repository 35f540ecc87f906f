export { accuracy, binaryCorrect, correct } from './accuracy.ts';
export { type ClassScores, ConfusionMatrix } from './confusionMatrix.ts';
export { topKAccuracy } from './topKAccuracy.ts';
export { Totals } from './totals.ts';
