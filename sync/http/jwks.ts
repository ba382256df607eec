import { Router } from 'express';
import type { JSONWebKeySet } from 'jose';

/** An hour, far less than a new key is published before it signs. */
const MAX_AGE_SECONDS = 3600;

/** By which the EHR knows our signature (`standards.md` §4.9). Some EHRs ask at every token, so it has to be quick. */
export function jwksRouter(published: () => JSONWebKeySet): Router {
  return Router().get('/', (_request, response) => {
    response.set('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`).json(published());
  });
}
