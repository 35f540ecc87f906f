import { Generator } from '@flambeau/core';

const openings = ['i saw this film', 'this movie', 'the whole thing', 'the new one by her', 'my friends say it'];
const praise = ['is wonderful', 'was a great joy', "is n't bad at all", 'moved me to tears', 'is an excellent work'];
const blame = ['is awful', 'was a terrible bore', 'is not good at all', 'wasted my time', 'is a dreadful mess'];
const endings = ['.', '!', ', with a fine cast .', 'on tv last night .', ', and the music too .', '...'];

/** Short reviews put together by a generator, half of them positive: enough for a small model to learn in seconds. */
export function reviews(count: number, seed = 0): { texts: string[]; labels: Int32Array } {
  const generator = new Generator().manualSeed(seed);
  const pick = (from: readonly string[]) => from[generator.random32() % from.length]!;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const texts = Array.from(
    labels,
    (label) => `${pick(openings)} ${pick(label === 1 ? praise : blame)} ${pick(endings)}`,
  );
  return { texts, labels };
}
