import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Of the last minute, when the benchmark began: what else ran. */
  readonly load: number;
  /** PyTorch's version and the instruction set it uses, where a Python was given. */
  readonly torch?: string;
  readonly date: string;
}

/**
 * @param python - an interpreter that has torch.
 * @throws {Error} if it can't be run or has none.
 */
export function describeMachine(python?: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    load: loadavg()[0]!,
    ...(python !== undefined && { torch: torchOf(python) }),
    date: new Date().toISOString().slice(0, 10),
  };
}

function torchOf(python: string): string {
  const program = 'import torch; print(torch.__version__, torch.backends.cpu.get_cpu_capability())';
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', program], { encoding: 'utf8' });
  if (status !== 0) {
    const why = error?.message ?? stderr.trim().split('\n').at(-1);
    throw new Error(`--torch expected a Python that has torch, got ${python} (${why})`);
  }
  return stdout.trim();
}

/** One line above every table. */
export function machineLine({ cpu, cores, memoryGb, system, node, torch, date, load }: Machine): string {
  const parts = [`${cpu}, ${cores} cores, ${memoryGb} GiB`, system, `Node ${node.slice(1)}`];
  if (torch) parts.push(`PyTorch ${torch}`);
  return [...parts, date, `load ${load.toFixed(2)} at the start`].join(' · ');
}
