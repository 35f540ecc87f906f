/** What Windows-1252 had between U+0080 and U+009F, which pages that claimed to be Latin-1 have left in many texts. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Quotes, dashes and dots in the spelling of the Penn Treebank, which GloVe's words have. */
const treebankSigns: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‛': "'",
  '′': "'",
  ʼ: "'",
  '´': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '″': '"',
  '…': '...',
  '–': '--',
  '—': '--',
  '―': '--',
  '‐': '-',
  '‑': '-',
  '\u00ad': '',
  '\ufeff': '',
};

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
  '#34': '"',
};

const signs = new RegExp(`[${Object.keys(treebankSigns).join('')}]`, 'g');
const tags =
  /<\/?(?:a|abbr|b|big|blockquote|br|center|cite|code|dd|div|dl|dt|em|font|h[1-6]|hr|i|img|li|ol|p|pre|q|s|small|span|spoiler|strike|strong|sub|sup|table|td|th|tr|tt|u|ul)(?:\s[^<>]{0,500})?\/?>/gi;

/**
 * A text as the English tokenizer reads it: composed Unicode (NFC), HTML's tags as spaces and its commonest entities as
 * what they stand for, Windows' stray control characters as the signs that they were, and typographic quotes, dashes and
 * dots as the Penn Treebank writes them. Letters keep their case and their accents.
 */
export function cleanText(text: string): string {
  let clean = text;
  if (clean.includes('<')) clean = clean.replace(tags, ' ');
  if (clean.includes('&')) {
    clean = clean.replace(/&(amp|lt|gt|quot|apos|nbsp|#39|#34);/g, (_, name: string) => entities[name]!);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/^[\x00-\x7f]*$/.test(clean)) return clean;
  return clean
    .replace(/[\u0080-\u009f]/g, (sign) => windows1252[sign.charCodeAt(0) - 0x80]!)
    .normalize('NFC')
    .replace(signs, (sign) => treebankSigns[sign]!);
}
