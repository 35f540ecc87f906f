import type { EpochPart } from '../epoch/epoch.ts';
import { machineLine } from '../machine.ts';
import type { Results } from '../results.ts';
import type { SizePart } from '../size/size.ts';
import type { StartResult } from '../start/start.ts';
import { median, pairedRatio, summarize } from '../statistics/summary.ts';
import { bytes, duration, times } from './amounts.ts';
import { epochTable } from './epochTable.ts';
import { opsTables } from './opsTable.ts';
import { formatTable } from './table.ts';

/** The whole run in Markdown, for the screen and for the README. */
export function formatReport(results: Results): string {
  const { machine, epoch, chromium, ops, inference, layers, growth, textcnn, seq2seq, start, size, notes } = results;
  const sections = [machineLine(machine)];
  if (results.quick) sections.push('A quick run, for a look: its figures are rough.');
  if (epoch) sections.push('### A whole epoch', epochSentence(epoch), epochTable(epoch));
  if (chromium) sections.push('### A whole epoch in a browser', epochSentence(chromium), epochTable(chromium));
  if (ops) sections.push('### Op by op', opsTables(ops));
  if (inference) {
    const what =
      "The notes' CNN predicts: images that are there in, logits out, read. The same weights and numbers for everyone.";
    sections.push('### Inference', what, opsTables(inference));
  }
  if (layers) {
    const what =
      "The notes' network in `tf.layers`, trained by `model.fit` with Adam: the same code but for the backend's name.";
    sections.push("### TensorFlow.js's own layers", what, opsTables(layers));
  }
  if (growth) sections.push("### How a training step's cost grows", opsTables(growth));
  if (textcnn) {
    const what =
      "Forward, gradients and Adam of the notes' TextCNN: 64 texts of 250 words out of 25,002, vectors of 100 numbers that are trained, 100 filters each of 3, 4 and 5 words.";
    sections.push('### A training step on text', what, opsTables(textcnn));
  }
  if (seq2seq) {
    const what =
      "Training steps of encoder, decoder with Bahdanau's attention and Adam, as PyTorch's tutorial writes them; hidden size 128 (reversing: 256), dropout 0.1.";
    sections.push('### A step of a translator', what, opsTables(seq2seq));
  }
  if (start) sections.push('### From nothing to the first step', startTable(start));
  if (size) sections.push('### Size', sizeTables(size));
  if (notes.length > 0) sections.push(`### Notes\n\n${notes.map((note) => `- ${note}`).join('\n')}`);
  return `${sections.join('\n\n')}\n`;
}

function epochSentence({ examples, epochsPerRound, data }: EpochPart): string {
  const what = `${examples.toLocaleString('en-US')} images, batches of 100, Adam`;
  return `${what}; ${epochsPerRound} epochs a round, the faster counts. ${data}`;
}

function startTable(results: readonly StartResult[]): string {
  const reference = results.find(({ name }) => name === 'PyTorch');
  const columns = ['who', 'first step after', 'quartiles', '÷ PyTorch'];
  return formatTable(
    columns.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' })),
    results.map(({ name, seconds }) => [
      name,
      duration(median(seconds)),
      summarize(seconds).quartiles.map(duration).join(' – '),
      reference === undefined ? '—' : times(pairedRatio(seconds, reference.seconds)),
    ]),
  );
}

function sizeTables({ entries, page, tarballs }: SizePart): string {
  const code = formatTable(
    [{ title: 'own code of' }, { title: 'minified', align: 'right' }, { title: 'gzip', align: 'right' }],
    entries.map(({ entry, minifiedBytes, gzipBytes }) => [`\`${entry}\``, bytes(minifiedBytes), bytes(gzipBytes)]),
  );
  const whole = `A page that trains the notes' CNN on \`simd\`, with everything that it imports: ${bytes(page.minifiedBytes)}, ${bytes(page.gzipBytes)} gzip.`;
  const packed = formatTable(
    [{ title: 'package' }, { title: 'tarball', align: 'right' }],
    tarballs.map(({ name, packedBytes }) => [`\`${name}\``, bytes(packedBytes)]),
  );
  return `${code}\n\n${whole}\n\n${packed}`;
}
