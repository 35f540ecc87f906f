/*
 * Runs ops of one library in a process of its own, as it is asked line by line (`protocol.ts`).
 *
 *     node --conditions=@flambeau/source --import tsx bench/src/ops/server.ts LIBRARY [what it takes: libraries.ts]
 */
import { createInterface } from 'node:readline';
import { openLibrary } from './libraries.ts';
import type { OpHello, OpMeasured, OpPrepared, OpRequest, PreparedOp } from './protocol.ts';

const answer = (message: OpHello | OpPrepared | OpMeasured) => process.stdout.write(`${JSON.stringify(message)}\n`);
const [name, ...args] = process.argv.slice(2);

let prepared: PreparedOp | undefined;
let estimate = 0;

async function time(calls: number): Promise<number> {
  const op = prepared!;
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    const waiting = op.run();
    if (waiting !== undefined) await waiting;
  }
  return (performance.now() - start) / 1000 / calls;
}

/**
 * Long enough for the engine's optimizing compiler, which wants thousands of calls where an op is mostly JavaScript (a prediction
 * of one image is); slow ops are warm after the call that gave the digest.
 */
async function warmUp(): Promise<void> {
  estimate = await time(1);
  let spent = estimate;
  for (let calls = 1, done = 1; spent < 0.1 || (done < 3000 && spent < 0.4); calls = Math.min(2 * calls, 1000)) {
    estimate = await time(calls);
    spent += estimate * calls;
    done += calls;
  }
}

const library = await openLibrary(name!, ...args);
if (typeof library === 'string') {
  answer({ device: '', absent: library });
} else {
  answer({ device: library.device });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as OpRequest;
    if (request.do === 'prepare') {
      prepared?.dispose();
      prepared = library.prepare(request.spec);
      if (prepared === undefined) {
        answer({ unsupported: `${library.device} has no ${request.spec.op}` });
        continue;
      }
      const digest = await prepared.digest();
      await warmUp();
      answer({ digest, secondsPerCall: estimate });
    } else {
      const isSlow = estimate > request.slow;
      if (!isSlow) estimate = await time(Math.max(1, Math.round(request.settle / estimate)));
      const calls = isSlow ? 1 : Math.max(5, Math.round(request.seconds / estimate));
      estimate = await time(calls);
      answer({ secondsPerCall: estimate, calls });
    }
  }
}
process.stdout.write('', () => process.exit());
