import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { Refused } from './chart.ts';
import type { Done } from './done.ts';
import type { Typed } from './fields.ts';

const body = z.record(z.string(), z.string());

/** What the form said. A field that came twice is no form of ours. */
export function typedOf(req: Request): Typed {
  const parsed = body.safeParse(req.body ?? {});
  if (!parsed.success) throw new Refused(422, 'The form could not be read. Go back and send it again.');
  return parsed.data;
}

export const versionOf = (typed: Typed): string => typed.version ?? '';

export const param = (req: Request, name: string): string => String(req.params[name] ?? '');

export const queryOf = (req: Request, name: string): string | undefined => {
  const value = req.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Leads to `path` with a word about what was done there; 303, so that a reload does not do it again. */
export function seeOther(res: Response, path: string, done: Done): void {
  res.redirect(303, `${path}${path.includes('?') ? '&' : '?'}done=${done}`);
}

/** Runs a change; when it is refused, `again` answers with the same form, its entries and the sentence. */
export async function orAgain(change: () => Promise<void>, again: (refused: Refused) => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await again(error);
  }
}

/** A page of another site must not be able to press our buttons, even on the machine of a developer. */
export const ownPagesOnly: RequestHandler = (req, res, next) => {
  const from = req.get('sec-fetch-site');
  if (req.method !== 'GET' && from !== undefined && from !== 'same-origin' && from !== 'none') {
    res.status(403).type('text').send('The front desk takes orders from its own pages only.');
    return;
  }
  next();
};

/** Styles may be written on elements, because the day grid places its cards that way; scripts only come from a file. */
export const strictPages: RequestHandler = (_req, res, next) => {
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  next();
};
