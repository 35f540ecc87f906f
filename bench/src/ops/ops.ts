import { setTimeout } from 'node:timers/promises';
import { onBuiltPackages, pytorch } from '../children/commands.ts';
import { type ChildCommand, LineChild } from '../children/lineChild.ts';
import { turns } from '../children/turns.ts';
import type { Plan } from '../plan.ts';
import { disagreements } from './disagreements.ts';
import { impossibleRates } from './impossible.ts';
import type { OpHello, OpMeasured, OpPrepared } from './protocol.ts';
import type { OpRow } from './rows.ts';

/** Who takes part: this library and PyTorch once for each number of threads, the others as they come. */
export interface Opponent {
  readonly name: string;
  readonly threads?: number;
  readonly command: ChildCommand;
}

export interface RowResult {
  readonly row: OpRow;
  /** Seconds a call, round by round, by the contestant's name; missing where it has no such op. */
  readonly seconds: Readonly<Record<string, readonly number[]>>;
}

export interface OpsPart {
  readonly contestants: readonly { readonly name: string; readonly threads?: number; readonly device: string }[];
  readonly rows: readonly RowResult[];
}

/** A call that takes longer than this is measured in one round only; the figures say so by their number. */
const TOO_SLOW_FOR_ROUNDS = 0.5;

/** Between two turns: threads that spin before they sleep, and collectors that work behind, are done by then. */
const PAUSE_MS = 30;

export const ours = (threads: number) => `flambeau ${threads}`;
export const theirs = (threads: number) => `PyTorch ${threads}`;

export const onnx = (threads: number) => `ONNX Runtime ${threads}`;

/** First tries: what this library's kernels must beat. */
export const plain = 'plain kernels';

/** This library and, where it is given, PyTorch. */
export function mainOpponents({ threads, torch }: Plan): Opponent[] {
  return threads.flatMap((count) => [
    { name: ours(count), threads: count, command: onBuiltPackages('ops/server.ts', ['flambeau', count]) },
    ...(torch === undefined
      ? []
      : [{ name: theirs(count), threads: count, command: pytorch(torch, 'ops.py', ['--threads', count]) }]),
  ]);
}

/** The plain kernels and the other libraries that JavaScript has, on one thread (tfjs-node takes as many as it likes). */
export function otherOpponents({ tfjsNode }: Plan): Opponent[] {
  return [
    { name: plain, command: onBuiltPackages('ops/server.ts', ['plain']) },
    { name: 'tfjs node', command: onBuiltPackages('ops/server.ts', ['tfjs-node', ...(tfjsNode ? [tfjsNode] : [])]) },
    { name: 'tfjs wasm', command: onBuiltPackages('ops/server.ts', ['tfjs-wasm']) },
    { name: 'jax-js', command: onBuiltPackages('ops/server.ts', ['jax-js']) },
    { name: 'tfjs cpu', command: onBuiltPackages('ops/server.ts', ['tfjs-cpu']) },
  ];
}

/** Who predicts: ONNX Runtime on the same numbers of threads, and what else JavaScript has. */
export function inferenceOpponents(plan: Plan): Opponent[] {
  const { threads, onnxruntime } = plan;
  const folder = onnxruntime ? [onnxruntime] : [];
  return [
    ...mainOpponents(plan),
    ...threads.map((count): Opponent => {
      const command = onBuiltPackages('ops/server.ts', ['onnxruntime', count, ...folder]);
      return { name: onnx(count), threads: count, command };
    }),
    ...otherOpponents(plan).filter(({ name }) => name.startsWith('tfjs')),
  ];
}

/** TensorFlow.js's layers: on this library's backend, and on those that TensorFlow.js can train them on. */
export function layersOpponents({ threads, tfjsNode }: Plan): Opponent[] {
  const layers = (...args: (string | number)[]) => onBuiltPackages('ops/server.ts', ['layers', ...args]);
  return [
    ...threads.map((count): Opponent => ({ name: ours(count), threads: count, command: layers('simd', count) })),
    { name: 'tfjs node', command: layers('node', ...(tfjsNode ? [tfjsNode] : [])) },
    { name: 'tfjs cpu', command: layers('cpu') },
  ];
}

/**
 * Measures rows. Each contestant is one process that lives through the whole run; for every row all of them get warm, and
 * then take turns, round by round, while the others sleep.
 */
export async function measureOps(plan: Plan, rows: readonly OpRow[], opponents: readonly Opponent[]): Promise<OpsPart> {
  const rounds = plan.rounds ?? (plan.quick ? 3 : 9);
  const turn = { settle: plan.quick ? 0.02 : 0.05, seconds: plan.quick ? 0.05 : 0.2, slow: TOO_SLOW_FOR_ROUNDS };
  const children = opponents.map((opponent) => ({
    ...opponent,
    child: new LineChild(opponent.name, opponent.command),
  }));
  try {
    const present: ((typeof children)[number] & { readonly device: string })[] = [];
    for (const child of children) {
      const hello = await child.child.next<OpHello>();
      if (hello === undefined) throw new Error(`${child.name} ended before it began`);
      if (hello.absent === undefined) present.push({ ...child, device: hello.device });
      else plan.say(`${child.name} is left out: ${hello.absent}`);
    }
    const results: RowResult[] = [];
    for (const [index, row] of rows.entries()) {
      plan.progress(`ops: ${index + 1} of ${rows.length}, ${row.group} ${row.label}`);
      results.push({ row, seconds: await measureRow(plan, row, present, rounds, turn) });
    }
    for (const sentence of impossibleRates(results, plan.threads)) plan.say(sentence);
    await Promise.all(present.map(({ child }) => child.close()));
    const contestants = present.map(({ name, threads, device }) => ({ name, threads, device }));
    return { contestants, rows: results };
  } finally {
    await Promise.all(children.map(({ child }) => child.kill()));
  }
}

async function measureRow(
  plan: Plan,
  row: OpRow,
  contestants: readonly { readonly name: string; readonly child: LineChild }[],
  rounds: number,
  turn: { readonly settle: number; readonly seconds: number; readonly slow: number },
): Promise<Record<string, number[]>> {
  const measured: Record<string, number[]> = {};
  const slow = new Set<string>();
  const digests = new Map<string, number>();
  const able: (typeof contestants)[number][] = [];
  for (const contestant of contestants) {
    const prepared = await contestant.child.ask<OpPrepared>({ do: 'prepare', spec: row.spec });
    if (prepared.unsupported !== undefined) continue;
    able.push(contestant);
    if (prepared.digest != null) digests.set(contestant.name, prepared.digest);
    if (prepared.secondsPerCall! > TOO_SLOW_FOR_ROUNDS) slow.add(contestant.name);
  }
  for (const sentence of disagreements(digests)) plan.say(`${row.group} ${row.label}: ${sentence}`);
  for (let round = 0; round < rounds; round++) {
    for (const { name, child } of turns(able, round)) {
      if (round > 0 && slow.has(name)) continue;
      await setTimeout(PAUSE_MS);
      const { secondsPerCall } = await child.ask<OpMeasured>({ do: 'measure', ...turn });
      (measured[name] ??= []).push(secondsPerCall);
    }
  }
  return measured;
}
