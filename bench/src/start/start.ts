import { join } from 'node:path';
import { pytorch, root } from '../children/commands.ts';
import { type ChildCommand, LineChild } from '../children/lineChild.ts';
import { turns } from '../children/turns.ts';
import type { Plan } from '../plan.ts';

export interface StartResult {
  readonly name: string;
  /** From the process's start until the first training step's loss has been read, round by round. */
  readonly seconds: readonly number[];
}

/** How long it takes from a process's start to the first training step of the notes' CNN (batch 100). */
export async function measureStart(plan: Plan): Promise<readonly StartResult[]> {
  const rounds = plan.rounds ?? (plan.quick ? 3 : 9);
  const script = join(root, 'bench', 'src', 'start', 'firstStep.mjs');
  const contestants: { name: string; command: ChildCommand; seconds: number[] }[] = [
    { name: 'flambeau', command: { command: process.execPath, args: [script], cwd: root }, seconds: [] },
  ];
  if (plan.torch) contestants.push({ name: 'PyTorch', command: pytorch(plan.torch, 'first_step.py'), seconds: [] });
  // The first round finds the files on the disk for the others, and does not count.
  for (let round = -1; round < rounds; round++) {
    for (const { name, command, seconds } of turns(contestants, round + 1)) {
      plan.progress(`start: round ${round + 1} of ${rounds}, ${name}`);
      const start = performance.now();
      const child = new LineChild(name, command);
      const line = await child.next<{ loss: number }>();
      const elapsed = (performance.now() - start) / 1000;
      if (line === undefined) throw new Error(`${name} ended before its first step`);
      await child.close();
      if (round >= 0) seconds.push(elapsed);
    }
  }
  return contestants.map(({ name, seconds }) => ({ name, seconds }));
}
