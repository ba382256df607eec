/** Text that is already HTML. Only `html` makes it, so whatever is not `Html` is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/** ``html`<b>${name}</b>` `` escapes `name`, also inside a quoted attribute. Undefined and false leave nothing. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings.reduce((all, string, index) => all + render(values[index - 1]) + string));
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, character => ESCAPES[character]!);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Words with their web addresses made clickable, as a phone shows them. */
export function withLinks(words: string): HtmlValue[] {
  return words
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
    .map((part, index) => (index % 2 === 0 ? part : (link(part, part) ?? part)));
}

/** Opens elsewhere and tells nothing of where it came from. Undefined for an address that is not of the web. */
export const link = (address: string, label: string): Html | undefined =>
  /^https?:\/\//i.test(address) && URL.canParse(address)
    ? html`<a href="${address}" target="_blank" rel="noopener noreferrer">${label}</a>`
    : undefined;
