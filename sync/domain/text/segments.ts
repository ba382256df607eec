/** GSM 03.38, the alphabet phones count as one unit each (`standards.md` §6.3). */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Sent as an escape and a letter: two units that must stay together. */
const EXTENSION = new Set('\f^{}\\[~]|€');

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2';
  /** Septets in GSM-7, UTF-16 code units in UCS-2. */
  units: number;
  /** Parts the patient's carrier is paid for; 0 for the empty text. */
  segments: number;
}

/** How a carrier will cut this text. Count the rendered text: one name can change the encoding of a whole template. */
export function countSegments(text: string): Segments {
  const characters = [...text];
  const gsm = characters.every(c => BASIC.has(c) || EXTENSION.has(c));
  const widths = characters.map(c => (gsm ? (EXTENSION.has(c) ? 2 : 1) : c.length));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const [single, part] = gsm ? [160, 153] : [70, 67];
  return {
    encoding: gsm ? 'GSM-7' : 'UCS-2',
    units,
    segments: units <= single ? Math.min(units, 1) : pack(widths, part),
  };
}

/** A surrogate pair or an escape sequence is never cut in two, so a part may end one unit early. */
function pack(widths: number[], size: number): number {
  let [parts, filled] = [1, 0];
  for (const width of widths) {
    if (filled + width > size) [parts, filled] = [parts + 1, 0];
    filled += width;
  }
  return parts;
}

/** Signs that word processors and `Intl` put into text, and that would turn a whole message into UCS-2. */
const PLAIN: [RegExp, string][] = [
  [/[\u2018\u2019\u201A\u201B\u2032\u0060\u00B4]/g, "'"],
  [/[\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\u2026/g, '...'],
  [/[\u2022\u00B7]/g, '-'],
  [/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, ' '],
  [/[\u00AD\u200B\u2060\uFEFF]/g, ''],
];

/** The same text with typewriter quotes, dashes and spaces. Accents stay: they belong to names and to the language. */
export const plain = (text: string): string =>
  PLAIN.reduce((plainer, [sign, replacement]) => plainer.replace(sign, replacement), text.normalize('NFC'));
