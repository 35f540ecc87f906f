import { alignmentText, evaluateSequences } from '@flambeau/attention';
import { hostArray } from '@flambeau/core';

const words = (text: string) => text.split(' ');
const { bleu, sequenceAccuracy, tokenAccuracy } = evaluateSequences([
  {
    source: words('je suis pret'),
    hypothesis: words('i m ready now'),
    references: [words('i m ready'), words('i m all set')],
  },
  { source: words('il est en retard'), hypothesis: words('he is late'), references: [words('he is late')] },
]);
console.log(bleu.score.toFixed(2), bleu.signature, sequenceAccuracy, tokenAccuracy.toFixed(2));

// A translation of a Translator has the same fields, and may be given as it is.
const source = words('je suis pret');
const target = words('i m ready');
const attention = hostArray('float32', [3, 3], Float32Array.of(0.9, 0.1, 0, 0.2, 0.75, 0.05, 0, 0.06, 0.94));
console.log(alignmentText({ source, target, attention }, { width: 80 }));
