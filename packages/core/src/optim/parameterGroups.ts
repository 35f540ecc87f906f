import { Parameter } from '../nn/parameter.ts';

/** What every optimizer has for each group of parameters. */
export interface Hyperparameters {
  /** The learning rate of the next step; schedulers change it. */
  lr: number;
  /** The learning rate that schedulers reckon from, once there has been one. */
  initialLr?: number;
}

/** Parameters with the options in which they differ from the optimizer's: PyTorch's `{'params': …, 'lr': …}`. */
export type ParameterGroup<Options extends object = object> = Options & { readonly params: Iterable<Parameter> };

/** What an optimizer is made for: parameters, or groups of them. */
export type Trained<Options extends object = object> = Iterable<Parameter> | Iterable<ParameterGroup<Options>>;

/** A group as the optimizer keeps it, with every option filled in; changing one tells in the next step. */
export type FilledGroup<Hyper extends Hyperparameters> = Hyper & { readonly params: readonly Parameter[] };

/** Groups of what an optimizer was given: parameters alone are one group. */
export function toGroups<Options extends object>(trained: Trained<Options>): ParameterGroup<Options>[] {
  const given = [...trained] as (Parameter | ParameterGroup<Options>)[];
  if (given.length === 0) throw new RangeError('optimizer: expected at least one parameter');
  const isGroup = (entry: Parameter | ParameterGroup<Options>): entry is ParameterGroup<Options> =>
    !(entry instanceof Parameter) && typeof entry === 'object' && entry !== null && 'params' in entry;
  if (given.every(isGroup)) return given as ParameterGroup<Options>[];
  if (!given.every((entry) => entry instanceof Parameter)) {
    throw new TypeError('optimizer: expected nn.Parameters, or groups { params, … } of them, got something else');
  }
  return [{ params: given as Parameter[] } as unknown as ParameterGroup<Options>];
}

/** `options` without those that are `undefined`, which then do not hide a default. */
export function definedOnly<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
