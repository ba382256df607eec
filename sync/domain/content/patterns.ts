/** Each answers one question about a text; none says what it found. */

const ENDINGS =
  'com|org|net|edu|gov|mil|io|co|us|me|ly|gl|gd|cc|info|biz|app|dev|health|care|link|clinic|online|site|xyz|page|mx|es|example|test';
const NAMES = '(?<![\\w@.-])(?:[a-z0-9-]+\\.)+';

/** Not `044` of a telephone number. */
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';

/** What a phone may make a link of: whatever has a scheme or a known ending, and addresses of four numbers. */
const LINK = new RegExp(
  [
    '(?:[a-z][a-z0-9+.-]*:\\/\\/|www\\.)\\S+',
    `${NAMES}(?:${ENDINGS})(?![\\w-])(?:[:/]\\S*)?`,
    `(?<![\\w.])${BYTE}(?:\\.${BYTE}){3}(?![\\w.])(?:[:/]\\S*)?`,
  ].join('|'),
  'gi',
);
/** Whatever its ending. In small letters: `Dr.Ng/Dr.Rao` is none. */
const PATH = new RegExp(`${NAMES}[a-z]{2,}/\\S*`, 'g');
const MAIL = /[\w.+-]+@[\w-]+\.[\w.-]+/;

const linksIn = (text: string): string[] =>
  [...text.matchAll(LINK), ...text.replace(LINK, ' ').matchAll(PATH)].map(([link]) =>
    link.replace(/[.,;:!?)\]]+$/, ''),
  );

/** A link that does not lead, by https, to a host of ours; or an e-mail address. */
export const strangeLinks = (text: string, hosts: readonly string[]): boolean =>
  MAIL.test(text) || linksIn(text).some(link => !isOurs(link, hosts));

function isOurs(link: string, hosts: readonly string[]): boolean {
  const url = URL.parse(link);
  // Where a backslash stands, readers of URLs disagree about what is the host.
  return url?.protocol === 'https:' && url.username === '' && !link.includes('\\') && hosts.includes(url.host);
}

/** Social security numbers, and numbers introduced as a record, account, member or policy number. */
export const identifierNumbers = (text: string): boolean =>
  /(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)/.test(text) ||
  /\b(?:mrn|ssn|chart|record|acct|account|member|policy|case|expediente|historia|cuenta|p[oó]liza|afiliad[oa])\b[^\d\n]{0,12}\d{3,}/iu.test(
    text,
  );

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)\\p{L}*\\.?';

/** As visits that are far ahead are told: nobody writes a birth date with its weekday. */
const VISIT_DAY = new RegExp(
  `(?<!\\p{L})(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ${MONTH} \\d{1,2}, |(?:lun|mar|mié|jue|vie|sáb|dom), \\d{1,2} ${MONTH} )20\\d{2}(?!\\d)`,
  'giu',
);

/** A day with its year, unless it is told as a visit's is: it is a birth date, or reads like one. */
export const fullDates = (text: string): boolean => datesIn(text.replace(VISIT_DAY, ' '));

const datesIn = (text: string): boolean =>
  /(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}(?!\d)/.test(text) ||
  /(?<!\d)(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)/.test(text) ||
  new RegExp(`${MONTH}\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+(?:19|20)\\d{2}`, 'iu').test(text) ||
  new RegExp(`\\d{1,2}(?:\\s+de)?\\s+${MONTH},?(?:\\s+(?:de|del))?\\s+(?:19|20)\\d{2}`, 'iu').test(text);

/** Six digits in a row, or seven with the signs people write into numbers, that are not the practice's telephone. */
export function digitRuns(text: string, phones: readonly string[], hosts: readonly string[]): boolean {
  const known = phones.map(lastTen);
  const withoutLinks = linksIn(text)
    .filter(link => isOurs(link, hosts))
    .reduce((t, link) => t.replace(link, ' '), text);
  return [...withoutLinks.matchAll(/\+?\(?\d(?:[ ().-]{0,2}\d)*/g)]
    .map(([run]) => run)
    .filter(run => /\d{6}/.test(run) || run.replace(/\D/g, '').length >= 7)
    .some(run => !known.includes(lastTen(run)));
}

const lastTen = (number: string): string => number.replace(/\D/g, '').slice(-10);

/** A known family name, or an allowed first name with another capitalised word behind it. */
export function fullNames(text: string, allowed: readonly string[], family: readonly string[]): boolean {
  const withoutTitles = allowed.filter(name => /\s/.test(name)).reduce((t, name) => t.replaceAll(name, '.'), text);
  const firsts = allowed.filter(name => name.length > 1 && !/\s/.test(name));
  return (
    family.some(name => !allowed.includes(name) && word(name, 'iu').test(withoutTitles)) ||
    firsts.some(name => word(name, 'u', '\\s+\\p{Lu}\\p{L}+').test(withoutTitles))
  );
}

const word = (name: string, flags: string, behind = ''): RegExp =>
  new RegExp(`(?<!\\p{L})${escaped(name)}${behind}(?!\\p{L})`, flags);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Signs that hide or reorder what the reader sees, and control characters; a line feed and an emoji joiner are fine. */
export const hiddenSigns = (text: string): boolean => /(?![\n\u200D])[\p{Cc}\p{Cf}]/u.test(text);
