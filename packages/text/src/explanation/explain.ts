import { softmax } from '../classifier/softmax.ts';
import type { TextClassifier } from '../classifier/textClassifier.ts';
import { TextError } from '../textError.ts';
import { cleanText } from '../tokenizers/cleanText.ts';
import { cnnEvidence } from './cnnEvidence.ts';
import type { Explanation, NgramEvidence } from './explanation.ts';
import { wordPlaces } from './wordPlaces.ts';

/** {@link TextClassifier.explain}. */
export async function explain(
  classifier: TextClassifier,
  text: string,
  options: { readonly label?: string } = {},
): Promise<Explanation> {
  const { tokenizer, vocab, cnn, labels, maxTokens, wide } = classifier;
  const refused = classifier.refusal(text);
  if (refused !== undefined) throw new TextError(refused);
  const tokens = tokenizer(text);
  const ids = vocab.encode(tokens).subarray(0, maxTokens);
  const { filters, bias } = await cnnEvidence(cnn, ids);
  const binary = cnn.outputDim === 1;

  // The CNN's logits, one or one a class; the wide branch has one.
  const cnnLogits = bias.map((value, c) => filters.reduce((sum, filter) => sum + filter.contributions[c]!, value));
  const wideParts = wide?.model.contributions(tokens) ?? [];
  const wideLogit = wideParts.reduce((sum, { contribution }) => sum + contribution, wide?.model.bias ?? 0);
  const blend = wide?.blend ?? { cnn: 1, wide: 0, bias: 0 };
  const logits = cnnLogits.map((logit) => blend.cnn * logit + blend.wide * wideLogit + blend.bias);
  const probabilities = softmax(logits);
  const chosen = options.label ?? labels[probabilities.indexOf(Math.max(...probabilities))]!;
  const target = labels.indexOf(chosen);
  if (target < 0) throw new TextError(`there is no class '${chosen}', expected one of ${labels.join(', ')}`);
  // Of one logit, the first class is the other way round.
  const sign = binary && target === 0 ? -1 : 1;
  const column = binary ? 0 : target;

  const words = tokens.map(() => 0);
  const ngrams: NgramEvidence[] = [];
  let rest = sign * (blend.cnn * bias[column]! + blend.wide * (wide?.model.bias ?? 0) + blend.bias);
  for (const filter of filters) {
    const contribution = sign * blend.cnn * filter.contributions[column]!;
    if (contribution === 0) continue;
    const length = Math.min(filter.size, ids.length - filter.start);
    // A window of padding alone: what the filter gives for any text.
    if (length <= 0) {
      rest += contribution;
      continue;
    }
    // Padding in the window has no vector, so no share, unless no word has one.
    const shares = filter.shares.slice(0, length);
    const whole = shares.reduce((sum, share) => sum + share, 0);
    shares.forEach((share, k) => {
      words[filter.start + k]! += contribution * (whole > 0 ? share / whole : 1 / length);
    });
    const ngram = tokens.slice(filter.start, filter.start + length).join(' ');
    const { size, index, start } = filter;
    ngrams.push({ branch: 'cnn', ngram, start, length, gap: false, contribution, filter: { size, index } });
  }
  for (const { ngram, start, length, gap, contribution: plain } of wideParts) {
    const contribution = sign * blend.wide * plain;
    if (contribution === 0) continue;
    const parts = gap ? [0, length - 1] : Array.from({ length }, (_, k) => k);
    for (const k of parts) words[start + k]! += contribution / parts.length;
    ngrams.push({ branch: 'wide', ngram, start, length, gap, contribution });
  }
  ngrams.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const shown = cleanText(text);
  const places = wordPlaces(shown, tokens);
  return {
    text: shown,
    label: chosen,
    otherLabel: binary ? labels[1 - target]! : null,
    probability: probabilities[target]!,
    logit: sign * logits[column]!,
    bias: rest,
    ngrams,
    words: tokens.map((token, i) => ({ token, ...places[i]!, contribution: words[i]!, known: vocab.has(token) })),
    unreadWords: tokens.length - ids.length,
  };
}
