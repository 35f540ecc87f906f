import { BahdanauAttention, contextVector } from '@flambeau/attention';
import { createBackend, hostArray, setDefaultBackend } from '@flambeau/core';

const backend = await createBackend();
setDefaultBackend(backend);

// Three states of an encoder, and how much each of them counts: the notes' worked example.
const states = backend.tensor(hostArray('float32', [1, 3, 4], Float32Array.of(1, 2, 3, 4, 2, 3, 5, 7, 0, -1, 3, 6)));
const weights = backend.tensor(hostArray('float32', [1, 1, 3], Float32Array.of(0.6, 0.3, 0.1)));
console.log(Array.from(await contextVector(weights, states).data(), (value) => value.toFixed(1)).join(' '));

// The layer finds such weights itself: one query for one sequence of three states.
const attention = new BahdanauAttention(4);
const query = backend.tensor(hostArray('float32', [1, 1, 4], Float32Array.of(1, 0, 0, 1)));
const { context, weights: found } = attention.forward(query, states);
console.log(context.shape, found.shape); // [ 1, 1, 4 ] [ 1, 1, 3 ]
