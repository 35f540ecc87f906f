import type { Backend } from '../backend/backend.ts';
import { backendOf, getDefaultBackend } from '../backend/backend.ts';
import { Buffer, isStateEntry, Parameter, type StagedValues, type StateEntry } from './parameter.ts';
import { compareKeys, type LoadReport, type StateDict, toStateKey } from './stateDict.ts';

/** Where a module's tensors are made. */
export interface ModuleOptions {
  /** Default: the default backend. */
  readonly backend?: Backend;
}

/** Called after a module's `forward`; a value that it returns takes the output's place. */
export type ForwardHook = (module: Module, inputs: readonly unknown[], output: unknown) => unknown;

/** Called before a module's `forward`. */
export type ForwardPreHook = (module: Module, inputs: readonly unknown[]) => void;

interface HookEntry {
  readonly before?: ForwardPreHook;
  readonly after?: ForwardHook;
}

/**
 * The base of all layers and models, as `torch.nn.Module`: layers and parameters are fields, `forward()` says how data
 * flows. Fields are found by walking them in the order of their definition, so that `#private` ones cannot be seen, and
 * layers or parameters in a plain array, record, Map or Set are refused (use fields, or {@link Sequential}).
 *
 * @example
 * ```ts
 * class Net extends nn.Module {
 *   conv1 = new nn.Conv2d(1, 6, 5);
 *   out = new nn.Linear(6 * 12 * 12, 10);
 *   forward(x: Tensor): Tensor {
 *     x = F.maxPool2d(F.relu(this.conv1.forward(x)), 2);
 *     return this.out.forward(F.flatten(x, { startDim: 1 }));
 *   }
 * }
 * ```
 */
export abstract class Module {
  /** Whether dropout drops and batch norm uses the batch: set by {@link train} and {@link eval}. */
  training = true;

  abstract forward(...inputs: never[]): unknown;

  /** Arguments of the layer as {@link toString} prints them. */
  extraRepr(): string {
    return '';
  }

  /** What error messages call this module: its path in the model ("conv2") once that is known, else class and arguments. */
  get label(): string {
    return paths.get(this) || `${this.constructor.name}(${this.extraRepr()})`;
  }

  /** Modules that are this module's own fields, by name. */
  namedChildren(): Map<string, Module> {
    const children = new Map<string, Module>();
    for (const [field, value] of Object.entries(this)) {
      if (value instanceof Module) children.set(field, value);
      else if (elementsOf(value).some((element) => element instanceof Module || isStateEntry(element))) {
        throw new TypeError(
          `${this.constructor.name}.${field} is a plain ${value.constructor.name}, in which layers and parameters cannot ` +
            'be found: use fields, nn.Sequential, nn.ModuleList or nn.ModuleDict',
        );
      }
    }
    return children;
  }

  children(): Module[] {
    return [...this.namedChildren().values()];
  }

  /** This module and all below it, by path (this one's is ''), each once, from the top down. */
  namedModules(): Map<string, Module> {
    return this.walk(false);
  }

  /** Modules by path; one that is in two places once, or `withShared` at both, as PyTorch's state dicts have it. */
  private walk(withShared: boolean): Map<string, Module> {
    const found = new Map<string, Module>();
    const seen = new Set<Module>();
    const visit = (module: Module, path: string) => {
      if (seen.has(module)) return;
      seen.add(module);
      found.set(path, module);
      // A walk that began further down knows less of the way.
      if (!withShared && path !== '' && !paths.get(module)?.endsWith(`.${path}`)) paths.set(module, path);
      for (const [name, child] of module.namedChildren()) visit(child, path === '' ? name : `${path}.${name}`);
      // With shared ones only what is above stays forbidden: a module must not be its own descendant.
      if (withShared) seen.delete(module);
    };
    visit(this, '');
    return found;
  }

  modules(): Module[] {
    return [...this.namedModules().values()];
  }

  /** All parameters by PyTorch's keys; one that is shared appears once. */
  namedParameters(): Map<string, Parameter> {
    return this.namedEntries((entry) => entry instanceof Parameter) as Map<string, Parameter>;
  }

  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  namedBuffers(): Map<string, Buffer> {
    return this.namedEntries((entry) => entry instanceof Buffer) as Map<string, Buffer>;
  }

  buffers(): Buffer[] {
    return [...this.namedBuffers().values()];
  }

  /** Switches this module and all below it to training, or with `false` to evaluation. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Switches to evaluation: dropout is off, batch norm uses its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Whether training changes the parameters of this module and all below it: `requiresGrad_(false)` freezes them.
   *
   * @example
   * ```ts
   * net.body.requiresGrad_(false);
   * const optimizer = new optim.Adam(net.head.parameters());
   * ```
   */
  requiresGrad_(mode = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = mode;
    return this;
  }

  /** Calls `f` on every module below and then on this one. */
  apply(f: (module: Module) => void): this {
    for (const child of this.children()) child.apply(f);
    f(this);
    return this;
  }

  /** The backend of the module's tensors; the default one if it has none. */
  get backend(): Backend {
    for (const entry of this.namedEntries(isStateEntry).values()) {
      if (entry instanceof Parameter || entry instanceof Buffer) return backendOf(entry);
    }
    return getDefaultBackend();
  }

  /** Moves parameters and buffers to another backend, in place. Make the optimizer afterwards, as in PyTorch. */
  async to(backend: Backend): Promise<this> {
    for (const entry of this.namedEntries(isStateEntry).values()) await entry.to(backend);
    return this;
  }

  /** Reads all parameters and buffers back, by PyTorch's keys: what safetensors files hold. */
  async stateDict(): Promise<StateDict> {
    const dict: StateDict = {};
    for (const [key, entry] of this.namedEntries(isStateEntry, true)) dict[key] = await entry.toHost();
    return dict;
  }

  /**
   * Takes over the values of a state dict, each on the backend and in the element type of what it replaces. Nothing is
   * changed unless all of it fits.
   *
   * @param options.strict - refuse missing and unexpected keys. Default true.
   * @throws {Error} naming each key, shape or element type that does not fit.
   */
  loadStateDict(
    dict: Readonly<StateDict> | ReadonlyMap<string, StateDict[string]>,
    { strict = true }: { readonly strict?: boolean } = {},
  ): LoadReport {
    const values = dict instanceof Map ? Object.fromEntries(dict) : (dict as StateDict);
    const entries = this.namedEntries(isStateEntry, true);
    const report = compareKeys(this.constructor.name, entries, values, strict);
    const staged: StagedValues[] = [];
    try {
      for (const [key, entry] of entries) {
        if (values[key] === undefined) continue;
        try {
          staged.push(entry.stage(values[key]));
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          throw new Error(`loading the state dict for ${this.constructor.name}: ${key}: ${reason}`, { cause });
        }
      }
    } catch (error) {
      for (const { discard } of staged) discard();
      throw error;
    }
    for (const { commit } of staged) commit();
    return report;
  }

  /**
   * Has `hook` called after every `forward` of this very instance: how feature maps are read. Nothing is paid where
   * there is none.
   *
   * @returns a handle; `remove()` takes the hook away again, in any order.
   *
   * @example
   * ```ts
   * const handle = net.conv1.registerForwardHook((_module, _inputs, output) => maps.push(tf.keep(output.clone())));
   * net.forward(image);
   * handle.remove();
   * ```
   */
  registerForwardHook(hook: ForwardHook): { remove(): void } {
    return this.addHook({ after: hook });
  }

  /** As {@link registerForwardHook}, called before `forward` with its arguments. */
  registerForwardPreHook(hook: ForwardPreHook): { remove(): void } {
    return this.addHook({ before: hook });
  }

  private addHook(hook: HookEntry): { remove(): void } {
    if (!hooks.has(this)) {
      const own = Object.getOwnPropertyDescriptor(this, 'forward');
      if (own !== undefined) ownForwards.set(this, own);
      const plain = this.forward;
      const hooked = (...inputs: never[]): unknown => {
        const list = hooks.get(this) ?? [];
        for (const { before } of list) before?.(this, inputs);
        let output = plain.apply(this, inputs);
        for (const { after } of list) output = after?.(this, inputs, output) ?? output;
        return output;
      };
      Object.defineProperty(this, 'forward', { value: hooked, configurable: true, enumerable: false });
    }
    hooks.set(this, [...(hooks.get(this) ?? []), hook]);
    return {
      remove: () => {
        const rest = (hooks.get(this) ?? []).filter((other) => other !== hook);
        if (rest.length > 0) hooks.set(this, rest);
        else if (hooks.delete(this)) {
          const own = ownForwards.get(this);
          if (own === undefined) Reflect.deleteProperty(this, 'forward');
          else Object.defineProperty(this, 'forward', own);
        }
      },
    };
  }

  /** Whether a forward hook is registered on this instance. */
  get hasForwardHooks(): boolean {
    return hooks.has(this);
  }

  /** Frees all parameters and buffers. */
  dispose(): void {
    for (const entry of this.namedEntries(isStateEntry).values()) entry.dispose();
  }

  /** The module tree, as PyTorch prints it. */
  toString(): string {
    const lines = [...this.namedChildren()].map(
      ([name, child]) => `(${name}): ${child.toString().replace(/\n/g, '\n  ')}`,
    );
    const extra = this.extraRepr();
    if (lines.length === 0) return `${this.constructor.name}(${extra})`;
    return `${this.constructor.name}(\n  ${[...(extra ? [extra] : []), ...lines].join('\n  ')}\n)`;
  }

  /** How a child's name is spelled in the state dict. */
  protected stateKeyOf(name: string): string {
    return toStateKey(name);
  }

  /** Entries of the state by PyTorch's keys; a shared one once, unless `withShared`, as a state dict has it. */
  private namedEntries(wanted: (entry: StateEntry) => boolean, withShared = false): Map<string, StateEntry> {
    const entries = new Map<string, StateEntry>();
    const seen = new Set<StateEntry>();
    const modules = this.walk(withShared);
    const prefixes = new Map<string, string>();
    for (const [path, module] of modules) {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
      const own = path.slice(parent === '' ? 0 : parent.length + 1);
      const prefix = path === '' ? '' : `${prefixes.get(parent)}${modules.get(parent)!.stateKeyOf(own)}.`;
      prefixes.set(path, prefix);
      for (const [field, value] of Object.entries(module)) {
        if (!isStateEntry(value) || !wanted(value) || (seen.has(value) && !withShared)) continue;
        seen.add(value);
        const key = prefix + toStateKey(field);
        if (entries.has(key)) {
          throw new TypeError(
            `${module.constructor.name} has two fields for the state dict's key "${key}": rename one`,
          );
        }
        entries.set(key, value);
      }
    }
    return entries;
  }
}

const paths = new WeakMap<Module, string>();
const hooks = new WeakMap<Module, readonly HookEntry[]>();
/** `forward` where it is an instance's own field rather than its class's method. */
const ownForwards = new WeakMap<Module, PropertyDescriptor>();

/** What a plain container holds; nothing for everything else. */
function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return [...value.values()];
  const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return plain ? Object.values(value) : [];
}
