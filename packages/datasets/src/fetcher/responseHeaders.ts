import type { HttpResponse } from './http.ts';

/** What an answer says of the bytes that follow. Anything malformed counts as not said. */
export interface AnswerHeaders {
  /** `ETag`, if it is a strong one. */
  readonly strongEtag: string | undefined;
  readonly contentLength: number | undefined;
  /** `Content-Range: bytes start-end/total`. */
  readonly range: { readonly start: number; readonly totalBytes: number | null } | undefined;
}

// RFC 9110, 8.8.3: an opaque tag in double quotes; a weak one begins with W/ and says nothing about bytes.
const strongTag = /^"[\x21\x23-\x7e\x80-\xff]{1,1024}"$/;
const contentRange = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/;

export function readHeaders({ headers }: HttpResponse): AnswerHeaders {
  const single = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value.trim() : undefined;
  };
  const etag = single('etag');
  const length = single('content-length');
  const range = single('content-range')?.match(contentRange);
  return {
    strongEtag: etag !== undefined && strongTag.test(etag) ? etag : undefined,
    contentLength: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
    range: range ? { start: Number(range[1]), totalBytes: range[3] === '*' ? null : Number(range[3]) } : undefined,
  };
}
