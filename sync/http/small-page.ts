import type { Request, Response } from 'express';
import { type Html, html } from './phone-page/html.ts';
import { isFhirDoor, sayRefusal } from './refusal.ts';

/** A page of a few words that needs no other file, in the reader's own colours. */
export function smallPage(title: string, body: Html): string {
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}li{margin:.4rem 0}</style>
</head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>`.text
  }\n`;
}

/** Programs get JSON unless they ask for a page, as browsers do. */
export const wantsPage = (request: Request): boolean => request.accepts(['json', 'html']) === 'html';

export function sendNothingHere(request: Request, response: Response): void {
  if (isFhirDoor(request) || !wantsPage(request))
    return void sayRefusal(request, response, 404, 'not-found', 'There is nothing here.');
  response.status(404).type('html').send(smallPage('There is nothing here', html`<p><a href="/">To the start</a></p>`));
}
