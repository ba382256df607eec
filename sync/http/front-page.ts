import type { RequestHandler } from 'express';
import { html } from './phone-page/html.ts';
import { smallPage, wantsPage } from './small-page.ts';

export interface Place {
  path: string;
  name: string;
}

const OWN: Place[] = [
  { path: '/health', name: 'Health' },
  { path: '/metrics', name: 'Metrics' },
];

/** What stands behind the bare address: nothing but the way to the doors that a person may open. */
export const frontPage =
  (rooms: Place[]): RequestHandler =>
  (request, response) => {
    const places = [...rooms, ...OWN];
    if (!wantsPage(request))
      return void response.json({ service: 'loopkeeper', places: places.map(({ path }) => path) });
    const list = places.map(({ path, name }) => html`<li><a href="${path}">${name}</a></li>`);
    response.type('html').send(smallPage('Loopkeeper', html`<p>This service works beside an EHR.</p><ul>${list}</ul>`));
  };
