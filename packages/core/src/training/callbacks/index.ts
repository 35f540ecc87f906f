export { BestWeights, type BestWeightsOptions, type BestWeightsState } from './bestWeights.ts';
export { CsvLog } from './csvLog.ts';
export { EarlyStopping, type EarlyStoppingOptions, type EarlyStoppingState } from './earlyStopping.ts';
export { JsonlLog, type JsonlLogOptions } from './jsonlLog.ts';
export type { MonitorName, MonitorOptions } from './monitor.ts';
export { Progress, type ProgressOptions, type ProgressReport } from './progress.ts';
export type { LogOptions, TextLog } from './textLog.ts';
