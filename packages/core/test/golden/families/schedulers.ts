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

const steady: GoldenTest[] = schedulerCases.map(({ name, config }) => ({
  subjects: [config.kind],
  name,
  async compare() {
    const made = setUpScheduler(config);
    const lrs = [made.optimizer.paramGroups.map(({ lr }) => lr)];
    lrs.push(...stepScheduler(made, config, [0, config.lrs.length - 1]));
    return [compareNumbers(lrs.flat(), config.lrs.flat(), 'learning rates')];
  },
}));

export interface OneCycleConfig {
  optimizer: 'SGD' | 'Adam' | 'plain SGD';
  optimizer_options: { lr: number; momentum?: number };
  options: Record<string, unknown>;
  lrs: number[];
  momenta: number[];
}

export const oneCycleCases = loadGolden<OneCycleConfig>('one_cycle_lr');

/** An optimizer with a 1cycle scheduler, and its momentum: SGD's own or Adam's first β. */
export function setUpOneCycle({ optimizer: kind, optimizer_options, options }: OneCycleConfig) {
  const parameters = [new Parameter(hostArray('float32', [1], new Float32Array(1)))];
  const optimizer =
    kind === 'Adam' ? new optim.Adam(parameters, optimizer_options) : new optim.SGD(parameters, optimizer_options);
  const scheduler = new optim.OneCycleLR(optimizer, camelCased(options) as unknown as optim.OneCycleLrOptions);
  const momentum = () =>
    optimizer instanceof optim.Adam ? optimizer.paramGroups[0]!.betas[0] : optimizer.paramGroups[0]!.momentum;
  return { optimizer, scheduler, momentum };
}

const oneCycle: GoldenTest[] = oneCycleCases.map(({ name, config }) => ({
  subjects: ['OneCycleLR'],
  name: `OneCycleLR: ${name}`,
  async compare() {
    const { optimizer, scheduler, momentum } = setUpOneCycle(config);
    const [lrs, momenta] = [[optimizer.lr], [momentum()]];
    for (let step = 1; step < config.lrs.length; step++) {
      scheduler.step();
      lrs.push(optimizer.lr);
      momenta.push(momentum());
    }
    return [compareNumbers(lrs, config.lrs, 'learning rates'), compareNumbers(momenta, config.momenta, 'momenta')];
  },
}));

export const schedulers: readonly GoldenTest[] = [...steady, ...oneCycle];
