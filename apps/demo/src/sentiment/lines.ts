/** The lines of a text that arrives in pieces, without their ends (`\n` or `\r\n`, and nothing else). */
export async function* linesOf(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const clean = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
  let rest: string[] = [];
  for await (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    const [first, ...more] = text.split('\n') as [string, ...string[]];
    rest.push(first);
    if (more.length === 0) continue;
    yield clean(rest.join(''));
    for (const line of more.slice(0, -1)) yield clean(line);
    rest = [more.at(-1) as string];
  }
  rest.push(decoder.decode());
  const last = rest.join('');
  if (last !== '') yield clean(last);
}

/** Several at a time. */
export async function* chunksOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[], void, undefined> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
