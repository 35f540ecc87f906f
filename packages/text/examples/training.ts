import { createBackend, manualSeed, setDefaultBackend, Trainer } from '@flambeau/core';
import { decisiveNgrams, finishTraining, prepareTraining, recipeNamed } from '@flambeau/text';

setDefaultBackend(await createBackend());

// A few hundred reviews in the place of IMDB's 25,000.
const films = ['this film', 'the new one', 'her first film', 'a film like this', 'the whole thing'];
const opinions = [
  ['is dull', "isn't good", 'was a waste of time', 'is not worth it'],
  ['is moving', "isn't bad at all", 'was a joy', 'is well worth it'],
];
const texts = films.flatMap((film) =>
  opinions.flatMap((said) => said.flatMap((one) => said.map((two) => `I think ${film} ${one}: it ${two}.`))),
);
const labels = texts.map((text) => (opinions[1]!.some((said) => text.includes(said)) ? 1 : 0));

// The notes' TextCNN, made smaller; with GloVe, `vectors: (await loadGlove(…)).vectors` stands beside the labels.
const recipe = { ...recipeNamed('notes'), embeddingDim: 16, batchSize: 8, learningRate: 0.01 };
manualSeed(0);
const training = prepareTraining(recipe, { texts, labels, classes: ['neg', 'pos'] });
const { model, objective, trainLoader, heldOutLoader } = training;
const optimizer = recipe.createOptimizer(model.parameters(), { lr: recipe.learningRate });
await new Trainer({ model, optimizer, objective }).fit(trainLoader, { epochs: 3, validation: heldOutLoader });
const classifier = await finishTraining(training);

const [prediction] = await classifier.predict(["I think it isn't bad at all, it's a joy!"]);
console.log(prediction!.label, prediction!.probability > 0.9); // pos true

const explanation = await classifier.explain("I think it isn't bad at all, it's a joy!");
const sum = explanation.ngrams.reduce((total, { contribution }) => total + contribution, explanation.bias);
console.log(Math.abs(sum - explanation.logit) < 1e-9); // true: the n-grams are all there is
console.log(decisiveNgrams(explanation, 3).every(({ contribution }) => contribution > 0)); // true
