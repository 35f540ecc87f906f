import { expect, test } from 'vitest';
import { onnxNotesCnn } from '../../src/inference/onnxModel.ts';
import { bytesField, numberField } from '../../src/inference/protobuf.ts';
import { notesCnnWeights } from '../../src/inference/weights.ts';

test('fields are encoded as the manual of Protocol Buffers shows', () => {
  // Its examples: a = 150, and the string "testing" in field 2.
  expect([...numberField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...bytesField(2, 'testing')]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
  expect(() => numberField(1, -1)).toThrow('varint: expected a whole number ≥ 0, got -1');
});

/** The fields of a message, read back: numbers as numbers, everything else as bytes. */
function fields(message: Uint8Array): { readonly field: number; readonly value: number | Uint8Array }[] {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const found: { field: number; value: number | Uint8Array }[] = [];
  while (at < message.length) {
    const tag = varint();
    const number = varint();
    if (tag % 8 === 0) found.push({ field: Math.floor(tag / 8), value: number });
    else found.push({ field: Math.floor(tag / 8), value: message.subarray(at, (at += number)) });
  }
  return found;
}

const inner = (message: Uint8Array, field: number) => {
  return fields(message).flatMap((each) => (each.field === field ? [each.value as Uint8Array] : []));
};
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

test("the file holds the notes' CNN: its ops in order, its weights under PyTorch's names", () => {
  const parameters = notesCnnWeights();
  const [graph] = inner(onnxNotesCnn(parameters), 7);
  const types = inner(graph!, 1).map((node) => text(inner(node, 4)[0]));
  const convolution = ['Conv', 'Relu', 'MaxPool'];
  expect(types).toEqual([...convolution, ...convolution, 'Flatten', 'Gemm', 'Relu', 'Gemm', 'Relu', 'Gemm']);
  const tensors = inner(graph!, 5);
  expect(tensors.map((tensor) => text(inner(tensor, 8)[0]))).toEqual(parameters.map(({ name }) => name));
  const [, bias] = tensors.map((tensor) => inner(tensor, 9)[0]!.slice());
  expect([...new Float32Array(bias!.buffer)]).toEqual([...parameters[1]!.data]);
});

test('the weights are as many as the network has, and spread as PyTorch spreads them', () => {
  const parameters = notesCnnWeights();
  expect(parameters.reduce((sum, { data }) => sum + data.length, 0)).toBe(32_998);
  const largest = (name: string) => Math.max(...parameters.find((each) => each.name === name)!.data.map(Math.abs));
  expect(largest('fc1.weight')).toBeGreaterThan(0.99 / Math.sqrt(192));
  expect(largest('fc1.weight')).toBeLessThanOrEqual(1 / Math.sqrt(192));
});
