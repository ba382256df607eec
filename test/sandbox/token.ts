import type { RequestHandler } from 'express';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock, Instant } from '../../sync/domain/clock.ts';
import type { Faults } from './faults.ts';
import { refusal } from './outcome.ts';
import { isScope } from './scope.ts';

const LIFETIME_SECONDS = 300;
const MAX_ASSERTION_SECONDS = 300;
const algorithms = ['RS384', 'ES384'];

const tokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  scope: z.string().min(1),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().min(1),
});

export interface TokenParts {
  clientId: string;
  /** The client's public keys, or the address at which they are fetched. */
  jwks: JSONWebKeySet | URL;
  clock: Clock;
  newId: () => string;
  baseUrl: () => string;
  faults: Faults;
}

/** The token endpoint that goes with a FHIR base: same origin, /auth/token. */
export const tokenUrl = (baseUrl: string): string => new URL('/auth/token', baseUrl).href;

/** What SMART clients read first (standards.md §4.1). There is no user here, hence no authorization endpoint. */
export function smartConfiguration(baseUrl: string) {
  return {
    token_endpoint: tokenUrl(baseUrl),
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    scopes_supported: ['system/*.rs', 'system/*.cruds'],
    code_challenge_methods_supported: ['S256'],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  };
}

class OAuthError extends Error {
  readonly code: string;
  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

/** SMART Backend Services for one registered client, checked for real (standards.md §4.9). Time is the injected clock. */
export class TokenServer {
  readonly #parts: TokenParts;
  readonly #keys: ReturnType<typeof createLocalJWKSet> | ReturnType<typeof createRemoteJWKSet>;
  readonly #tokens = new Map<string, { until: Instant; scope: string }>();
  readonly #seen = new Map<string, number>();

  constructor(parts: TokenParts) {
    this.#parts = parts;
    const { jwks } = parts;
    this.#keys = jwks instanceof URL ? createRemoteJWKSet(jwks, { cooldownDuration: 0 }) : createLocalJWKSet(jwks);
  }

  /** Answers 401 unless the request bears a token of this server that still lives; notes its scopes in `res.locals`. */
  readonly guard: RequestHandler = (req, res, next) => {
    const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const granted = token ? this.#tokens.get(token) : undefined;
    if (granted && this.#parts.clock() < granted.until) {
      res.locals.scope = granted.scope;
      return next();
    }
    res.set('WWW-Authenticate', 'Bearer');
    next(refusal(401, 'login', 'This needs an access token that has not expired.'));
  };

  readonly issue: RequestHandler = async (req, res) => {
    res.set('Cache-Control', 'no-store');
    try {
      const scope = await this.#grantedScope(req.body);
      const token = this.#parts.newId();
      const until = new Date(this.#now().getTime() + LIFETIME_SECONDS * 1000).toISOString();
      this.#tokens.set(token, { until, scope });
      res.json({ access_token: token, token_type: 'bearer', expires_in: LIFETIME_SECONDS, scope });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const status = error.code === 'invalid_client' ? 401 : 400;
      res.status(status).json({ error: error.code, error_description: error.message });
    }
  };

  async #grantedScope(body: unknown): Promise<string> {
    if (this.#parts.faults.refuseTokens) throw new OAuthError('invalid_client', 'Tokens are refused on purpose.');
    const request = tokenRequest.safeParse(body);
    if (!request.success) {
      const names = request.error.issues.map(issue => issue.path.join('.')).join(', ');
      throw new OAuthError('invalid_request', `Missing or wrong: ${names}.`);
    }
    await this.#verify(request.data.client_assertion);
    const unknown = request.data.scope.split(' ').find(scope => !isScope(scope));
    if (unknown !== undefined) throw new OAuthError('invalid_scope', `The scope "${unknown}" is not given here.`);
    return request.data.scope;
  }

  async #verify(assertion: string): Promise<void> {
    const { clientId, baseUrl } = this.#parts;
    const now = this.#now();
    const verified = await jwtVerify(assertion, this.#keys, {
      algorithms,
      issuer: clientId,
      subject: clientId,
      audience: tokenUrl(baseUrl()),
      requiredClaims: ['exp', 'jti'],
      currentDate: now,
    }).catch((error: unknown) => {
      if (!(error instanceof errors.JOSEError)) throw error;
      throw new OAuthError('invalid_client', `The client assertion is refused: ${error.message}.`);
    });
    const { exp = 0, jti = '', aud } = verified.payload;
    if (typeof aud !== 'string') throw new OAuthError('invalid_client', 'aud must be the token endpoint alone.');
    const seconds = Math.floor(now.getTime() / 1000);
    if (exp > seconds + MAX_ASSERTION_SECONDS)
      throw new OAuthError('invalid_client', 'exp is more than five minutes ahead.');
    for (const [old, until] of this.#seen) if (until < seconds) this.#seen.delete(old);
    if (this.#seen.has(jti)) throw new OAuthError('invalid_client', 'This jti was used before.');
    this.#seen.set(jti, exp);
  }

  #now(): Date {
    return new Date(this.#parts.clock());
  }
}
