import { describe, expect, test } from 'vitest';
import { against, appointment, epicOutcome, failure, outcome, task } from './support/against.ts';
import { type Answer, type Heard, inOrder } from './support/script.ts';

describe('trying again', () => {
  test('a read survives a 503, a cut connection and a 500, with growing pauses', async () => {
    const { client, slept } = await against(
      inOrder({ status: 503 }, { status: 0, hangUp: true }, { status: 500 }, { status: 200, body: appointment }),
    );
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
    expect(slept).toEqual([150, 300, 600]);
  });

  test('Retry-After is obeyed', async () => {
    const { client, slept } = await against(
      inOrder({ status: 503, headers: { 'retry-after': '7' } }, { status: 200, body: appointment }),
    );
    await client.read('Appointment', '9');
    expect(slept).toEqual([7000]);
  });

  test('a wait of minutes is handed to the caller', async () => {
    const { client, slept } = await against(() => ({ status: 503, headers: { 'retry-after': '600' } }));
    expect(await failure(client.read('Appointment', '9'))).toMatchObject({ retry: 'later', retryAfterMs: 600_000 });
    expect(slept).toEqual([]);
  });

  test('what the EHR refuses is not repeated', async () => {
    const { client, server } = await against(() => ({ status: 422, body: outcome('business-rule') }));
    expect(await failure(client.create(task))).toMatchObject({ code: 'refused', retry: 'never', status: 422 });
    expect(server.heard).toHaveLength(1);
  });

  test.each([
    ['a lost answer', { status: 0, hangUp: true }],
    ['a 500', { status: 500 }],
    ['a 504', { status: 504 }],
  ])('after %s nobody knows whether an unconditional create happened, and it is not repeated', async (_, answer) => {
    const { client, server } = await against(() => answer);
    expect(await failure(client.create(task))).toMatchObject({ code: 'outcome-unknown', retry: 'never' });
    expect(server.heard).toHaveLength(1);
  });

  test('a create that never reached the server may be tried again', async () => {
    const { client, closeServer } = await against(() => ({ status: 201 }));
    await closeServer();
    expect(await failure(client.create(task))).toMatchObject({ code: 'network', retry: 'later' });
  });

  test('a 429 is a clear no, so even an unconditional create is repeated', async () => {
    const { client, slept } = await against(
      inOrder({ status: 429, headers: { 'retry-after': '5' } }, { status: 201, body: { ...task, id: '1' } }),
    );
    expect(await client.create(task)).toEqual({ resource: { ...task, id: '1' }, created: true });
    expect(slept).toEqual([8000]);
  });

  test('a request that hangs is cut and tried again', async () => {
    let release = () => {};
    const hang = new Promise<Answer>(resolve => {
      release = () => resolve({ status: 500 });
    });
    const script = (_: Heard, count: number) => (count === 1 ? hang : { status: 200, body: appointment });
    const { client } = await against(script, 'sandbox', { timeoutMs: 50 });
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
    release();
  });
});

describe('breaker', () => {
  test('opens after five failures in a row, lets one probe through after 30 s, and closes on success', async () => {
    let ill = true;
    const { client, server, advance } = await against(() =>
      ill ? { status: 500 } : { status: 200, body: appointment },
    );
    await failure(client.read('Appointment', '9'));
    await failure(client.read('Appointment', '9'));
    const asked = server.heard.length;
    expect(asked).toBe(5);
    expect(await failure(client.read('Appointment', '9'))).toMatchObject({ code: 'circuit-open', retry: 'later' });
    expect(server.heard).toHaveLength(asked);
    ill = false;
    advance(30_000);
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
  });

  test('of many who wait for it, one alone goes to look', async () => {
    let ill = true;
    const { client, server, advance } = await against(() =>
      ill ? { status: 500 } : { status: 200, body: appointment },
    );
    for (let i = 0; i < 2; i++) await failure(client.read('Appointment', '9'));
    ill = false;
    advance(30_000);
    const asked = server.heard.length;
    const looks = await Promise.allSettled([1, 2, 3].map(() => client.read('Appointment', '9')));
    expect(looks.map(look => look.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(server.heard).toHaveLength(asked + 1);
  });

  test('requests that are merely wrong do not open it', async () => {
    const { client } = await against(() => ({ status: 400, body: outcome('invalid') }));
    for (let i = 0; i < 8; i++) expect((await failure(client.create(task))).code).toBe('refused');
  });
});

describe('pace', () => {
  test('the bucket of the profile spreads requests over the minute', async () => {
    // Epic's profile: 60 a minute, 10 at once.
    const { client, slept } = await against(() => ({ status: 404 }), 'epic');
    for (let i = 0; i < 12; i++) await client.read('Appointment', '9');
    expect(slept).toEqual([1000, 1000]);
  });

  test("Medplum's RateLimit header stops the whole client before the last unit is gone", async () => {
    const nearly = { ratelimit: '"requests";r=59499;t=55, "fhirInteractions";r=400;t=54' };
    const { client, slept } = await against(inOrder({ status: 404, headers: nearly }, { status: 404 }), 'medplum');
    await client.read('Appointment', '1');
    expect(slept).toEqual([]);
    await client.read('Appointment', '2');
    expect(slept).toEqual([57_000]);
  });

  test('after a 429 nobody of this client asks until the time is over', async () => {
    const blocked = { ratelimit: '"requests";r=59499;t=55, "fhirInteractions";r=0;t=55' };
    const { client, server, now } = await against(
      inOrder({ status: 429, headers: blocked }, { status: 404 }),
      'medplum',
    );
    const start = Date.parse(now());
    await client.read('Appointment', '1');
    expect(Date.parse(now()) - start).toBe(58_000);
    expect(server.heard).toHaveLength(2);
  });

  test('a silence longer than a request should wait fails at once', async () => {
    const { client, server } = await against(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    expect(await failure(client.read('Appointment', '9'))).toMatchObject({ code: 'throttled', retry: 'later' });
    expect(await failure(client.read('Appointment', '9'))).toMatchObject({ code: 'throttled', retry: 'later' });
    expect(server.heard).toHaveLength(1);
  });

  test("Epic's daily limit (4135) silences the client", async () => {
    const used = epicOutcome('4135');
    const { client, server } = await against(() => ({ status: 403, body: used }), 'epic');
    await failure(client.read('Appointment', '9'));
    expect((await failure(client.read('Appointment', '9'))).code).toBe('throttled');
    expect(server.heard).toHaveLength(1);
  });
});
