import { buildVocab, englishTokenizer, padSequences } from '@flambeau/text';

const reviews = ["It isn't bad...", "A well-made film; 8/10, but it's long."];
const tokens = reviews.map(englishTokenizer);
console.log(tokens[0]!.join(' ')); // it is n't bad ...
console.log(tokens[1]!.join(' ')); // a well-made film ; 8/10 , but it 's long .

const vocab = buildVocab(tokens, { maxTokens: 25_002 });
const ids = tokens.map((words) => vocab.encode(words));
console.log(padSequences(ids, { paddingValue: vocab.padIndex! }).shape); // [ 2, 11 ]
console.log(vocab.decode(vocab.encode(['it', 'was', 'long']))); // [ 'it', '<unk>', 'long' ]
