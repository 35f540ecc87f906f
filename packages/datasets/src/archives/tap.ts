import { Transform } from 'node:stream';

/** Hands on what it is given, and shows each piece on the way. */
export function tap(onChunk: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      onChunk(chunk);
      done(null, chunk);
    },
  });
}
