/** An attribute that is `undefined` is left out. */
export type Attributes = Record<string, string | number | undefined>;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it may stand between tags or in an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character]!);
}

/** One element as markup; `children` are markup already (see {@link escapeXml} for text). */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeXml(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** An element that holds text. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  return element(name, attributes, escapeXml(text));
}

/** Coordinates to a hundredth of a pixel: more is not seen and doubles the file. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** What every plot has: its size, and the words that a screen reader says in its place. */
export interface PictureOptions {
  width: number;
  height: number;
  title: string;
  description: string;
}

/**
 * A whole SVG document with `<title>` and `<desc>` (the picture is one `role="img"` to assistive technology) and a
 * background of its own, so that it is as readable on a dark page as on a light one.
 */
export function picture({ width, height, title, description }: PictureOptions, ...children: string[]): string {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${short(width)} ${short(height)}`,
      width,
      height,
      role: 'img',
      'aria-label': title,
      'font-family': theme.fontFamily,
      'font-size': theme.fontSize,
      fill: theme.ink,
    },
    textElement('title', {}, title),
    textElement('desc', {}, description),
    element('rect', { width, height, rx: 8, fill: theme.background }),
    ...children,
  )}\n`;
}

/** One look for all plots. Ink and muted ink keep a contrast of at least 7:1 and 4.5:1 on the background. */
export const theme = {
  fontFamily: "Inter, 'Helvetica Neue', Arial, sans-serif",
  fontSize: 13,
  titleSize: 18,
  background: '#ffffff',
  ink: '#1b1f24',
  muted: '#57606a',
  grid: '#e4e7eb',
  axis: '#8c959f',
  /** Told apart by every kind of colour vision (Okabe & Ito, darkened for thin lines), and each has its own marker. */
  series: ['#0060a8', '#c4450c', '#007a5a', '#9b3a86'],
} as const;

/** About how wide a text is, for margins: Inter's mean advance is 0.56 em in words, a little more in figures. */
export function textWidth(text: string, fontSize: number): number {
  return text.length * fontSize * 0.58;
}
