import { Transform, Writable } from 'node:stream';

/** Hands on what it is given, and shows each piece on the way. */
export function tap(onChunk: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      onChunk(chunk);
      done(null, chunk);
    },
  });
}

/** Where a pipeline ends: shows each piece to `onChunk`, whose error is the pipeline's. */
export function sink(onChunk: (chunk: Buffer) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      try {
        onChunk(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
