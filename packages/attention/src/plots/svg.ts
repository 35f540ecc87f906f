/** An attribute that is `undefined` is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML can't hold even escaped: control characters, halves of surrogate pairs, two that are no characters. */
const unwritable = /[\p{Cc}\ufffe\uffff]|\p{Surrogate}/gu;

/** Text as it may stand between tags or in an attribute; what XML can't hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return text.replace(unwritable, '\ufffd').replace(/[&<>"]/g, (character) => escapes[character]!);
}

/** One element as markup; `children` are markup already. */
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

/** The colours of a plot. Ink and muted ink keep a contrast of at least 7:1 and 4.5:1 on the background. */
export interface PlotTheme {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly axis: string;
  /** Told apart by every kind of colour vision (after Okabe & Ito), and each has its own marker. */
  readonly series: readonly string[];
}

export const themes: Readonly<Record<'light' | 'dark', PlotTheme>> = {
  light: {
    background: '#ffffff',
    ink: '#1b1f24',
    muted: '#57606a',
    grid: '#e4e7eb',
    axis: '#8c959f',
    series: ['#0060a8', '#c4450c', '#007a5a', '#9b3a86'],
  },
  dark: {
    background: '#14181d',
    ink: '#eef1f4',
    muted: '#a4aeb9',
    grid: '#2b323a',
    axis: '#6c7782',
    series: ['#6fb7f0', '#f2915c', '#4fc79f', '#dd8fca'],
  },
};

export const fontSize = 13;
export const titleSize = 18;

/** What every plot has: its size, and the words that a screen reader says in its place. */
export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly theme: PlotTheme;
}

/** A whole SVG document with `<title>` and `<desc>`, one `role="img"` to assistive technology, and a background of its own. */
export function picture({ width, height, title, description, theme }: PictureOptions, ...children: string[]): string {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${short(width)} ${short(height)}`,
      width,
      height,
      role: 'img',
      'aria-label': title,
      'font-family': "Inter, 'Helvetica Neue', Arial, sans-serif",
      'font-size': fontSize,
      fill: theme.ink,
    },
    textElement('title', {}, title),
    textElement('desc', {}, description),
    element('rect', { width, height, rx: 8, fill: theme.background }),
    ...children,
  )}\n`;
}
