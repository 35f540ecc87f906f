import * as v from 'valibot';
import { RunFolderError } from './runFolderError.ts';

/** A config has about 2,000. */
const maxCharacters = 1 << 14;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const schema = v.looseObject({
  task: v.string(),
  recipe: v.string(),
  epochs: count,
  batchSize: count,
  learningRate: positive,
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  backend: v.string(),
  limit: v.optional(count),
  patience: v.optional(count),
  threads: v.optional(count),
  dataDir: v.optional(v.string()),
  vectors: v.optional(v.picklist(['glove', 'random'])),
  direction: v.optional(v.string()),
  pairs: v.optional(v.string()),
  columns: v.optional(v.string()),
  raw: v.optional(v.boolean()),
  attention: v.optional(v.string()),
  started: v.optional(v.string()),
  dataChecksums: v.record(v.string(), v.string()),
});

/** What a run's `config.json` holds of the arguments that a resumed run must share. */
export type RunConfig = Readonly<v.InferOutput<typeof schema>>;

/**
 * Reads what stands in a `config.json`.
 *
 * @throws RunFolderError if it is no JSON, or lacks what a run needs to go on.
 */
export function parseRunConfig(file: string, text: string): RunConfig {
  if (text.length > maxCharacters) {
    throw new RunFolderError(`${file} is damaged: it has ${text.length} characters, expected at most ${maxCharacters}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RunFolderError(`${file} is damaged: it is no JSON`, { cause });
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue)?.slice(0, 40);
  const expected = issue.expected ?? 'another value';
  const fault =
    field === undefined
      ? 'it is no object'
      : issue.received === 'undefined'
        ? `it lacks ${field}`
        : `${field} is ${issue.received.slice(0, 40)}, expected ${expected}`;
  throw new RunFolderError(`${file} is damaged: ${fault}`);
}
