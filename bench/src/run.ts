import { findChromium } from './chromium/find.ts';
import { measureChromium, measureEpochs } from './epoch/epoch.ts';
import { describeMachine } from './machine.ts';
import { inferenceOpponents, layersOpponents, mainOpponents, measureOps, otherOpponents } from './ops/ops.ts';
import { growthRows, inferenceRows, layersRows, opRows, quickOpRows, seq2seqRows } from './ops/rows.ts';
import type { Plan } from './plan.ts';
import type { PartName, Results } from './results.ts';
import { buildPackages } from './size/build.ts';
import { measureSizes } from './size/size.ts';
import { measureStart } from './start/start.ts';
import { imdbWords } from './text/imdbWords.ts';
import { textRows } from './text/rows.ts';

/** Runs the parts asked for, one after the other: nothing else of ours runs while one measures. */
export async function run(parts: readonly PartName[], options: Omit<Plan, 'say'>): Promise<Results> {
  const machine = describeMachine(options.torch);
  const notes: string[] = [];
  const plan: Plan = {
    ...options,
    say(sentence) {
      if (notes.includes(sentence)) return;
      notes.push(sentence);
      options.progress(sentence);
    },
  };
  const { quick, threads, torch } = plan;
  const wanted = new Set(parts);
  if (machine.load > 0.3 * machine.cores) {
    plan.say(`this machine was busy when the run began (load ${machine.load.toFixed(2)}): trust no figure`);
  }
  if (torch === undefined) plan.say('PyTorch is left out: no --torch PYTHON was given');
  if (quick && wanted.has('ops')) plan.say('--quick: the ops of TextCNN, attention and batch norm are left out');
  const tooMany = threads.filter((count) => count > machine.cores);
  if (tooMany.length > 0) plan.say(`${tooMany.join(', ')} threads share ${machine.cores} cores`);
  const failures: string[] = [];
  /** What one part throws must not cost the hour that the others took. */
  const part = async <T>(name: PartName, measure: () => Promise<T>): Promise<T | undefined> => {
    if (!wanted.has(name)) return undefined;
    try {
      build();
      return await measure();
    } catch (error) {
      const sentence = `${name} broke off: ${(error as Error).message}`;
      failures.push(sentence);
      options.progress(sentence);
      return undefined;
    }
  };
  const build = once(() => {
    plan.progress('building the packages');
    buildPackages();
  });
  const chromium = wanted.has('chromium') ? findChromium(plan.chromium) : undefined;
  if (wanted.has('chromium') && chromium === undefined) {
    plan.say('Chromium is left out: there is none on the PATH (--chromium says where it is)');
  }
  const rows = quick ? quickOpRows : opRows;
  const opponents = mainOpponents(plan);
  return {
    machine,
    quick,
    threads,
    notes,
    failures,
    epoch: await part('epoch', () => measureEpochs(plan)),
    chromium: chromium === undefined ? undefined : await part('chromium', () => measureChromium(plan, chromium)),
    ops: await part('ops', () => measureOps(plan, rows, [...opponents, ...otherOpponents(plan)])),
    inference: await part('inference', () => measureOps(plan, inferenceRows, inferenceOpponents(plan))),
    layers: await part('layers', () => measureOps(plan, layersRows(quick), layersOpponents(plan))),
    growth: await part('growth', () => measureOps(plan, growthRows(quick), opponents)),
    textcnn: await part('textcnn', async () => measureOps(plan, textRows(await imdbWords(plan)), opponents)),
    seq2seq: await part('seq2seq', () => measureOps(plan, seq2seqRows(quick), opponents)),
    start: await part('start', () => measureStart(plan)),
    size: await part('size', () => measureSizes(plan)),
  };
}

function once(f: () => void): () => void {
  let done = false;
  return () => {
    if (!done) f();
    done = true;
  };
}
