/** One member of a JSON object: its key, and its value as text. */
export interface JsonMember {
  readonly key: string;
  readonly value: string;
}

/** What to do with a text that is no JSON object, and with a key that stands twice in it; both throw. */
export interface JsonFaults {
  notJson(): never;
  twice(key: string): never;
}

const QUOTE = 0x22;

/**
 * The members of a JSON object, one after the other in the order of the text. Their values are not parsed: whoever reads
 * them can refuse the first that is wrong, before a hostile text has been turned into many times its size.
 *
 * Unlike `JSON.parse` this neither drops the first of two equal keys nor moves keys that look like numbers to the front.
 */
export function* jsonMembers(text: string, faults: JsonFaults): Generator<JsonMember> {
  const keys = new Set<string>();
  let at = skipSpace(text, 0);
  if (text[at] !== '{') faults.notJson();
  at = skipSpace(text, at + 1);
  if (text[at] !== '}') {
    for (;;) {
      if (text.charCodeAt(at) !== QUOTE) faults.notJson();
      const keyEnd = stringEnd(text, at);
      const key = parse(text.slice(at, keyEnd), faults) as string;
      if (keys.has(key)) faults.twice(key);
      keys.add(key);
      at = skipSpace(text, keyEnd);
      if (text[at] !== ':') faults.notJson();
      const valueStart = skipSpace(text, at + 1);
      const valueEnd = endOfValue(text, valueStart);
      if (valueEnd === valueStart) faults.notJson();
      yield { key, value: text.slice(valueStart, valueEnd) };
      at = skipSpace(text, valueEnd);
      if (text[at] === '}') break;
      if (text[at] !== ',') faults.notJson();
      at = skipSpace(text, at + 1);
    }
  }
  if (skipSpace(text, at + 1) !== text.length) faults.notJson();
}

/** A value of a member, as JSON. */
export function parse(text: string, faults: Pick<JsonFaults, 'notJson'>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return faults.notJson();
  }
}

/** What a value is by its first character, in words. */
export function kindOfJson(text: string): string | undefined {
  switch (text[skipSpace(text, 0)]) {
    case '{':
      return 'an object';
    case '[':
      return 'an array';
    case '"':
      return 'a string';
    case 't':
    case 'f':
      return 'a boolean';
    case 'n':
      return 'null';
    default:
      return /^\s*-?\d/.test(text) ? 'a number' : undefined;
  }
}

/** Whether a JSON text nests no deeper than `depth`: nesting takes much more memory than it takes text. */
export function nestsAtMost(text: string, depth: number): boolean {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) {
      if (++open > depth) return false;
    } else if (code === 0x7d || code === 0x5d) open--;
  }
  return true;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code === 0x20 || code === 9 || code === 10 || code === 13; ) {
    code = text.charCodeAt(++at);
  }
  return at;
}

/** The index after the closing quote of the string that starts at `start`, or after the text's end. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === 0x5c) at++;
  }
  return at;
}

/** The index after a value that starts at `start`, whatever it holds: brackets are counted, not compared. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) depth--;
    else if (depth > 0 || !(code === 0x2c || code === 0x20 || code === 9 || code === 10 || code === 13)) continue;
    else return at;
    // The end of a string, a list or an object; or the bracket that closes what the value is in.
    if (depth === 0) return at + 1;
    if (depth < 0) return at;
  }
  return text.length;
}
