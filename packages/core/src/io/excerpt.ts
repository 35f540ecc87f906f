const MAX_CHARACTERS = 60;
const MAX_ITEMS = 8;

/** The beginning of a text out of a file, for a message that must stay a sentence whatever the file holds. */
export function excerpt(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

/** A value out of a JSON text, for a message: as JSON, but only its beginning and its first level. */
export function excerptOfJson(value: unknown): string {
  if (!Array.isArray(value)) return inner(value);
  const items = value.slice(0, MAX_ITEMS).map(inner).join(', ');
  return value.length > MAX_ITEMS ? `[${items}, …]` : `[${items}]`;
}

function inner(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(excerpt(value));
  if (Array.isArray(value)) return '[…]';
  return typeof value === 'object' && value !== null ? '{…}' : String(value);
}
