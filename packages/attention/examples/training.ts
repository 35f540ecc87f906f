import { createPairLoader, createSeq2Seq, Translator, translation, Vocabulary } from '@flambeau/attention';
import { createBackend, manualSeed, optim, setDefaultBackend, Trainer } from '@flambeau/core';

setDefaultBackend(await createBackend());
const random = manualSeed(0);

// 2,000 words of three to six letters, to be written backwards: c b a h → h a b c.
const letters = [...'abcdefgh'];
const sentences = Array.from({ length: 2000 }, () => {
  const [length] = random.randint(3, 7, 1);
  return Array.from(random.randint(0, letters.length, length!), (place) => letters[place]!);
});
const source = Vocabulary.of(sentences);
const target = Vocabulary.of(sentences);
const pairs = sentences.map((words) => ({
  source: source.encode(words),
  target: target.encode([...words].reverse()),
}));

const model = createSeq2Seq(
  { attention: 'bahdanau', hiddenSize: 32, bidirectional: true, dropout: 0 },
  { source: source.size, target: target.size },
);
const trainer = new Trainer({
  model,
  optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }),
  objective: translation(model),
  transformGradients: (gradients) => optim.clipGradNorm(gradients, 1).gradients,
});
await trainer.fit(createPairLoader(pairs, { batchSize: 50, shuffle: true }), { epochs: 5 });

const translator = new Translator({ model, source, target });
const [{ words, attention }] = await translator.translate([['c', 'b', 'a', 'h', 'd']]);
console.log(words.join(' '), attention!.shape); // d h a b c [ 6, 6 ]: five letters and the end, wherever it looked
