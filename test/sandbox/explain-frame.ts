import { type Html, html } from './front-desk/html.ts';

export const unknownVisit = (deskUrl: string): string =>
  page(
    'Why? An unknown visit',
    html`<p><a href="${deskUrl}/desk">‹ The front desk</a></p><h1>The service has not seen this visit yet</h1>
<p>It hears of a new visit within seconds, or, where notifications are lost, when it next polls.</p>`,
  );

export const noVisit = (reference: string, deskUrl: string): string =>
  page(
    'Why? That is no visit',
    html`<p><a href="${deskUrl}/desk">‹ The front desk</a></p><h1>That is no visit</h1>
<p>${reference} is something else. What was sent and why is told of one visit: open it at the front desk and press <b>Why?</b></p>`,
  );

export const page = (title: string, body: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,"><style>
:root{color-scheme:light dark;--quiet:light-dark(#5b6672,#a3adb6);--line:light-dark(#dcdad4,#343c44);--soft:light-dark(#efede8,#262d33);--accent:light-dark(#1b6a72,#6cc5cb)}
body{font:1rem/1.5 system-ui,sans-serif;background:light-dark(#f6f5f2,#14181c);color:light-dark(#1f2730,#e7eaec);margin:0;overflow-wrap:anywhere}
main{max-width:52rem;margin:0 auto;padding:1.25rem 1rem 4rem}a{color:var(--accent)}h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.2rem;margin:2rem 0 .25rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}p{margin:.2rem 0}
ul{list-style:none;margin:0;padding:0}li{padding:.6rem 0;border-bottom:1px solid var(--line)}ol li{padding:.25rem 0;border:0}
blockquote{margin:.35rem 0;padding:.35rem .75rem;border-left:3px solid var(--line);background:var(--soft);white-space:pre-line}.heard blockquote{border-color:var(--accent)}
.fine{color:var(--quiet);font-size:.9rem}.state{background:var(--soft);border-radius:1em;padding:0 .5em;font-size:.8rem;font-weight:600}
details{margin:1.25rem 0}summary{font-weight:600;cursor:pointer;min-height:2rem}</style></head>
<body><main>${body}</main></body></html>`.text
  }\n`;
