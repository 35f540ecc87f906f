import { TextError } from './textError.ts';

/** Deeper than anything that this package writes. */
const MAX_DEPTH = 8;

/**
 * Reads JSON of a file, which is not believed: brackets within brackets without end would take memory without end.
 *
 * @param what - what it is, for the message.
 * @throws {TextError} if it is no JSON, or nests too deep.
 */
export function parseJson(json: string, what: string): unknown {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const unit = json[i];
    if (unit === '"') {
      for (i++; i < json.length && json[i] !== '"'; i++) if (json[i] === '\\') i++;
    } else if (unit === '[' || unit === '{') {
      if (++depth > MAX_DEPTH) throw new TextError(`${what} is damaged: it nests deeper than ${MAX_DEPTH}`);
    } else if (unit === ']' || unit === '}') depth--;
  }
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TextError(`${what} is damaged: ${(cause as Error).message}`, { cause });
  }
}
