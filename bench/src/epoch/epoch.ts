import { loadFashionMnist } from '@flambeau/datasets/node';
import { onBuiltPackages, pytorch } from '../children/commands.ts';
import { type ChildCommand, LineChild } from '../children/lineChild.ts';
import { turns } from '../children/turns.ts';
import type { Plan } from '../plan.ts';
import type { EpochLine, EpochRequest } from './lines.ts';

export type EpochVariant = EpochRequest['variant'] | 'pytorch';

/** One contestant's rounds. */
export interface EpochResult {
  readonly variant: EpochVariant;
  readonly threads: number;
  readonly device: string;
  /** For each round the fastest epoch of its process, loading included. */
  readonly seconds: readonly number[];
  /** For each round the most memory that its process held, where it can tell. */
  readonly peakBytes: readonly number[];
  /** The mean loss of the last epoch: contestants that do the same agree about it. */
  readonly trainLoss: number;
}

export interface EpochPart {
  readonly data: string;
  readonly examples: number;
  readonly epochsPerRound: number;
  readonly results: readonly EpochResult[];
}

interface Contestant {
  readonly variant: EpochVariant;
  readonly threads: number;
  readonly command: ChildCommand;
  device: string;
  trainLoss: number;
  readonly seconds: number[];
  readonly peakBytes: number[];
}

/** Whole epochs of the notes' CNN in Node, shipped and written plainly, against PyTorch. */
export function measureEpochs(plan: Plan): Promise<EpochPart> {
  return measureVariants(plan, [
    { variant: 'shipped', command: (request) => onBuiltPackages('epoch/train.ts', [request]) },
    { variant: 'plain', command: (request) => onBuiltPackages('epoch/train.ts', [request]) },
  ]);
}

/** The same in headless Chromium. */
export function measureChromium(plan: Plan, chromium: string): Promise<EpochPart> {
  const command = (request: string) => onBuiltPackages('chromium/train.ts', [request, chromium]);
  return measureVariants(plan, [{ variant: 'chromium', command }]);
}

interface Variant {
  readonly variant: EpochRequest['variant'];
  command(request: string): ChildCommand;
}

/** Each contestant has a process of its own in each round; they take turns. */
async function measureVariants(plan: Plan, variants: readonly Variant[]): Promise<EpochPart> {
  const { quick, dataDir, torch, rounds = quick ? 3 : 7 } = plan;
  const { train, source } = await loadFashionMnist({ dataDir, download: false });
  if (!source.isComplete) plan.say(source.sentence);
  const epochs = 2;
  const limit = quick ? Math.min(6_000, train.length) : undefined;
  if (limit !== undefined) plan.say(`--quick: an epoch is the first ${limit.toLocaleString('en-US')} images`);
  const contestants = plan.threads.flatMap((threads): Contestant[] => {
    const make = (variant: EpochVariant, command: ChildCommand): Contestant => {
      return { variant, threads, command, device: '', trainLoss: Number.NaN, seconds: [], peakBytes: [] };
    };
    const ours = variants.map(({ variant, command }) => {
      const request: EpochRequest = { variant, threads, epochs, limit, dataDir };
      return make(variant, command(JSON.stringify(request)));
    });
    if (torch === undefined) return ours;
    const args = [source.path, '--threads', threads, '--epochs', epochs, '--no-evaluation'];
    if (limit !== undefined) args.push('--limit', limit);
    return [...ours, make('pytorch', pytorch(torch, 'notes_epoch.py', args))];
  });
  for (let round = 0; round < rounds; round++) {
    for (const contestant of turns(contestants, round)) {
      plan.progress(`epoch: round ${round + 1} of ${rounds}, ${contestant.variant}, ${contestant.threads} threads`);
      await runOnce(contestant, plan, round);
    }
  }
  const results = contestants.map(({ command: _, ...result }) => result);
  return {
    data: source.isComplete ? 'All of FashionMNIST.' : source.sentence,
    examples: limit ?? train.length,
    epochsPerRound: epochs,
    results,
  };
}

async function runOnce(contestant: Contestant, plan: Plan, round: number): Promise<void> {
  const name = `${contestant.variant} on ${contestant.threads} threads`;
  const child = new LineChild(name, contestant.command);
  const seconds: number[] = [];
  let peak: number | undefined;
  let done = false;
  for (let line = await child.next<EpochLine>(); line !== undefined; line = await child.next<EpochLine>()) {
    if (line.event === 'done') {
      peak = line.peakBytes;
      done = true;
    } else if (line.event === 'epoch') {
      seconds.push(line.seconds);
      contestant.trainLoss = line.trainLoss;
    } else {
      contestant.device = line.device;
      const { threads = contestant.threads } = line;
      if (round === 0 && threads !== contestant.threads) plan.say(`${name}: the backend runs on ${threads}`);
    }
  }
  if (!done || seconds.length === 0) throw new Error(`${name} ended before its epochs were done`);
  contestant.seconds.push(Math.min(...seconds));
  if (peak !== undefined) contestant.peakBytes.push(peak);
}
