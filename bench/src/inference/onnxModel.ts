import { bytesField, concat, numberField } from './protobuf.ts';
import type { Parameter } from './weights.ts';

/**
 * The notes' CNN as an ONNX file: `images` float32 [N, 1, 28, 28] → `logits` [N, 10]. The numbers of the fields are those of
 * onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
export function onnxNotesCnn(parameters: readonly Parameter[]): Uint8Array {
  const square = (side: number) => ints('kernel_shape', [side, side]);
  const graph = concat([
    ...[
      node('Conv', ['images', 'conv1.weight', 'conv1.bias'], 'convolved1', [square(5)]),
      node('Relu', ['convolved1'], 'active1'),
      node('MaxPool', ['active1'], 'pooled1', [square(2), ints('strides', [2, 2])]),
      node('Conv', ['pooled1', 'conv2.weight', 'conv2.bias'], 'convolved2', [square(5)]),
      node('Relu', ['convolved2'], 'active2'),
      node('MaxPool', ['active2'], 'pooled2', [square(2), ints('strides', [2, 2])]),
      node('Flatten', ['pooled2'], 'flat', [int('axis', 1)]),
      linear('flat', 'fc1', 'linear1'),
      node('Relu', ['linear1'], 'active3'),
      linear('active3', 'fc2', 'linear2'),
      node('Relu', ['linear2'], 'active4'),
      linear('active4', 'out', 'logits'),
    ].map((each) => bytesField(1, each)),
    bytesField(2, 'notes-cnn'),
    ...parameters.map((parameter) => bytesField(5, tensor(parameter))),
    bytesField(11, value('images', ['N', 1, 28, 28])),
    bytesField(12, value('logits', ['N', 10])),
  ]);
  const IR_VERSION = 8;
  const OPSET = 17;
  return concat([numberField(1, IR_VERSION), bytesField(7, graph), bytesField(8, numberField(2, OPSET))]);
}

/** NodeProto */
function node(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Uint8Array[] = [],
): Uint8Array {
  return concat([
    ...inputs.map((input) => bytesField(1, input)),
    bytesField(2, output),
    bytesField(4, type),
    ...attributes.map((attribute) => bytesField(5, attribute)),
  ]);
}

/** x · Wᵀ + b */
function linear(input: string, layer: string, output: string): Uint8Array {
  return node('Gemm', [input, `${layer}.weight`, `${layer}.bias`], output, [int('transB', 1)]);
}

/** AttributeProto, of type INT. */
function int(name: string, value: number): Uint8Array {
  return concat([bytesField(1, name), numberField(3, value), numberField(20, 2)]);
}

/** AttributeProto, of type INTS. */
function ints(name: string, values: readonly number[]): Uint8Array {
  return concat([bytesField(1, name), ...values.map((value) => numberField(8, value)), numberField(20, 7)]);
}

const FLOAT = 1;

/** TensorProto; the bytes are little-endian, as everywhere that runs JavaScript. */
function tensor({ name, shape, data }: Parameter): Uint8Array {
  return concat([
    ...shape.map((length) => numberField(1, length)),
    numberField(2, FLOAT),
    bytesField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

/** ValueInfoProto; a length that may be any has a name. */
function value(name: string, shape: readonly (number | string)[]): Uint8Array {
  const lengths = shape.map((length) =>
    bytesField(1, typeof length === 'number' ? numberField(1, length) : bytesField(2, length)),
  );
  const type = concat([numberField(1, FLOAT), bytesField(2, concat(lengths))]);
  return concat([bytesField(1, name), bytesField(2, bytesField(1, type))]);
}
