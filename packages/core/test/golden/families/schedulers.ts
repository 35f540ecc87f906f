import { Parameter } from '../../../src/nn/parameter.ts';
import * as optim from '../../../src/optim/index.ts';
import { hostArray } from '../../../src/tensor/hostArray.ts';
import { camelCased, compareNumbers, type GoldenTest } from '../comparison.ts';
import { loadGolden } from '../load.ts';

type Part = [kind: string, positional: unknown[], options: Record<string, unknown>];

export interface SchedulerConfig {
  kind: string;
  arguments: unknown[];
  options: Record<string, unknown>;
  metrics: number[] | null;
  lrs: number[][];
}

type Steppable = optim.Scheduler | optim.ReduceLROnPlateau;
type SchedulerClass = new (optimizer: optim.Optimizer, ...rest: unknown[]) => Steppable;

/** Classes by PyTorch's names, which are ours. */
const classes = optim as unknown as Record<string, SchedulerClass>;

export const schedulerCases = loadGolden<SchedulerConfig>('schedulers');

function build(optimizer: optim.Optimizer, [kind, positional, options]: Part): Steppable {
  if (kind === 'SequentialLR') {
    const [parts, milestones] = positional as [Part[], number[]];
    const schedulers = parts.map((part) => build(optimizer, part) as optim.LRScheduler);
    return new optim.SequentialLR(optimizer, schedulers, milestones);
  }
  const Kind = classes[kind]!;
  return new Kind(optimizer, ...positional, camelCased(options));
}

/** An optimizer of two groups, and the case's scheduler of it. */
export function setUpScheduler(config: SchedulerConfig): { optimizer: optim.Optimizer; scheduler: Steppable } {
  const parameter = () => new Parameter(hostArray('float32', [1], new Float32Array(1)));
  const optimizer = new optim.SGD([{ params: [parameter()] }, { params: [parameter()], lr: 0.5 }], { lr: 0.1 });
  return { optimizer, scheduler: build(optimizer, [config.kind, config.arguments, config.options]) };
}

/** Takes the case's steps from `from` to `to`, and gives the groups' learning rates after each. */
export function stepScheduler(
  { optimizer, scheduler }: { optimizer: optim.Optimizer; scheduler: Steppable },
  { metrics }: SchedulerConfig,
  [from, to]: [number, number],
): number[][] {
  return Array.from({ length: to - from }, (_, i) => {
    if (scheduler instanceof optim.ReduceLROnPlateau) scheduler.step(metrics![from + i]!);
    else scheduler.step();
    return optimizer.paramGroups.map(({ lr }) => lr);
  });
}

export const schedulers: readonly GoldenTest[] = schedulerCases.map(({ name, config }) => ({
  subjects: [config.kind],
  name,
  async compare() {
    const made = setUpScheduler(config);
    const lrs = [made.optimizer.paramGroups.map(({ lr }) => lr)];
    lrs.push(...stepScheduler(made, config, [0, config.lrs.length - 1]));
    return [compareNumbers(lrs.flat(), config.lrs.flat(), 'learning rates')];
  },
}));
