import {
  createBackend,
  parseSafetensors,
  SafetensorsError,
  serializeSafetensors,
  setDefaultBackend,
} from '@flambeau/core';
import {
  classifierOfState,
  classifierState,
  englishTokenizer,
  parseVocab,
  serializeVocab,
  TextClassifier,
  TextCnn,
  TextError,
  TokenizedTexts,
  Vocab,
  WideNgrams,
} from '@flambeau/text';
import { mutateBytes } from '../mutateBytes.ts';
import { mutateText } from '../mutateText.ts';
import { agree, type FuzzTarget } from '../target.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const words = ['<unk>', '<pad>', 'a', 'fine', 'film', '"', '\\', '😀', 'dull'];
const vocabularies = [
  encode(serializeVocab(new Vocab(words))),
  encode(serializeVocab(new Vocab(['x'], { defaultIndex: null }))),
  encode(`${words.join('\n')}\n`),
  encode(Array.from({ length: 300 }, (_, i) => `word${i}`).join('\r\n')),
];

/** A vocabulary, as JSON or a word a line. */
export const vocabulary: FuzzTarget<Vocab> = {
  name: 'vocabulary',
  corpus: vocabularies,
  mutate: (file, random) =>
    random.chance(0.5) ? mutateBytes(file, random, vocabularies) : encode(mutateText(decode(file), random)),
  read: (file) => parseVocab(decode(file)),
  isRefusal: (error) => error instanceof TextError,
  check(vocab) {
    const tokens = vocab.getItos();
    agree(new Set(tokens).size === tokens.length, 'each word once');
    agree(
      tokens.every((token, index) => vocab.lookupIndex(token) === index),
      'each word at its number',
    );
    agree(vocab.defaultIndex === null || tokens[vocab.defaultIndex] !== undefined, "the default is a word's number");
    agree(parseVocab(serializeVocab(vocab)).getItos().join('\0') === tokens.join('\0'), 'it is written as it is read');
  },
};

setDefaultBackend(await createBackend('cpu'));

async function sound(wide: boolean): Promise<Uint8Array> {
  const cnn = new TextCnn(words.length, 3, { numFilters: 2, filterSizes: [1, 2] });
  const texts = TokenizedTexts.of(['a fine film', 'a dull film', 'fine fine', 'dull'], englishTokenizer);
  const model = wide ? await WideNgrams.fit(texts, [1, 0, 1, 0], { minTexts: 1, maxGap: 1 }) : undefined;
  const { tensors, metadata } = await classifierState(
    new TextClassifier({
      tokenizer: englishTokenizer,
      vocab: new Vocab(words),
      cnn,
      maxTokens: 50,
      ...(model && { wide: { model, blend: { cnn: 1, wide: 0.5, bias: 0.1 } } }),
    }),
  );
  cnn.dispose();
  return serializeSafetensors(Object.entries(tensors), metadata);
}
const classifiers = [await sound(false), await sound(true)];

/** A classifier of texts, in a safetensors file that is sound as such. */
export const textClassifier: FuzzTarget<TextClassifier> = {
  name: 'text-classifier',
  corpus: classifiers,
  mutate(file, random) {
    const { tensors, metadata } = parseSafetensors(file);
    const changed = new Map(metadata);
    const arrays = new Map(tensors);
    if (random.chance(0.7)) {
      const key = random.pick(['classifier', 'classifier', 'vocab']);
      changed.set(key, mutateText(changed.get(key)!, random).replace(/\p{Surrogate}/gu, ''));
    } else {
      // An array in another's place, or none.
      const names = [...arrays.keys()];
      const [name, other] = [random.pick(names), random.pick(names)];
      if (random.chance(0.3)) arrays.delete(name);
      else arrays.set(name, tensors.get(other)!);
    }
    return serializeSafetensors(arrays, changed);
  },
  read(file) {
    const { tensors, metadata } = parseSafetensors(file);
    const classifier = classifierOfState(tensors, metadata);
    // The weights have been taken over; what is checked needs none.
    classifier.dispose();
    return classifier;
  },
  isRefusal: (error) => error instanceof TextError || error instanceof SafetensorsError,
  check({ cnn, labels, vocab, wide, maxTokens }) {
    agree(labels.length === (cnn.outputDim === 1 ? 2 : cnn.outputDim), 'a label for each class');
    agree(vocab.length === cnn.embedding.numEmbeddings, 'a vector for each word');
    agree(maxTokens >= 1, 'some words are read');
    agree(wide === undefined || Object.values(wide.blend).every(Number.isFinite), 'a blend of numbers');
  },
};
