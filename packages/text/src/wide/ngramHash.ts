/**
 * 32 bits for a word, the same on every machine (MurmurHash3's finish over FNV-1a of its UTF-16 units).
 *
 * Source: https://github.com/aappleby/smhasher
 */
export function hashToken(token: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193);
  return finish(hash);
}

/** The hash of an n-gram that goes on: of what came before it and its next word. */
export function hashNext(before: number, token: number): number {
  return finish((Math.imul(before, 0x9e3779b1) + token) | 0);
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
