import { type Backend, hostArray, manualSeed, nn, tidy, toHost } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { NotesCnn } from '../../src/models/notesCnn.ts';
import { NotesDropoutCnn } from '../../src/models/notesDropoutCnn.ts';
import { simd } from '../onSimd.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await simd();
});

const images = () =>
  backend.tensor(
    hostArray(
      'float32',
      [3, 1, 28, 28],
      Float32Array.from({ length: 3 * 784 }, (_, i) => ((i * 31) % 256) / 255),
    ),
  );

describe('NotesDropoutCnn', () => {
  it("is the notes' CNN in evaluation: the same weights after the same seed, the same keys, the same logits", async () => {
    manualSeed(0);
    const plain = new NotesCnn();
    manualSeed(0);
    const net = new NotesDropoutCnn();
    expect(await net.stateDict()).toEqual(await plain.stateDict());
    const logits = (model: NotesCnn) => toHost(tidy(() => model.eval().forward(images())));
    expect(await logits(net)).toEqual(await logits(plain));
    for (const model of [plain, net]) model.dispose();
  });

  it('drops about p of the units of fc1 and fc2 while training, others each time, the same from the same seed', async () => {
    const net = new NotesDropoutCnn({ p: 0.4 });
    const zeros: number[] = [];
    const handle = net.dropout.registerForwardHook((_module, [input], output) => {
      const [before, after] = [input, output].map((tensor) => (tensor as ReturnType<typeof images>).dataSync());
      const alive = [...before!.keys()].filter((i) => before![i] !== 0);
      const kept = alive.filter((i) => after![i] !== 0);
      zeros.push(1 - kept.length / alive.length);
      for (const i of kept) expect(after![i]! / before![i]!).toBeCloseTo(1 / 0.6, 5);
    });
    const forward = async () => [...(await toHost(tidy(() => net.forward(images())))).data];
    manualSeed(1);
    const [first, second] = [await forward(), await forward()];
    expect(first).not.toEqual(second);
    manualSeed(1);
    expect(await forward()).toEqual(first);
    handle.remove();
    expect(zeros).toHaveLength(6);
    for (const share of zeros) expect(Math.abs(share - 0.4)).toBeLessThan(0.2);
    net.dispose();
  });

  it('refuses a p that is no probability', () => {
    expect(() => new NotesDropoutCnn({ p: 1.5 })).toThrow('expected a probability between 0 and 1, got 1.5');
    expect(new NotesDropoutCnn().dropout).toBeInstanceOf(nn.Dropout);
  });
});
