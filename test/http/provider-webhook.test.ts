import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryReport, InboundMessage } from '../../sync/channels/channel.ts';
import { twilioChannel } from '../../sync/channels/twilio/channel.ts';
import { readInbound } from '../../sync/channels/twilio/inbound.ts';
import { isSignedByTwilio } from '../../sync/channels/twilio/signature.ts';
import { readStatus } from '../../sync/channels/twilio/status.ts';
import { providerWebhook } from '../../sync/http/provider-webhook.ts';
import { TwilioStandIn } from '../channels/twilio-stand-in.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const PATIENT = '+15555550100';
const WORDS = 'CANARY my chest hurts';

describe('the doors for Twilio', () => {
  let standIn: TwilioStandIn;
  let server: Server;
  let base: string;
  const inbound: InboundMessage[] = [];
  const reports: DeliveryReport[] = [];
  const refused: string[] = [];
  /** Every call waits for this before it counts as recorded. */
  let recorded: Promise<void>;
  /** Called when a call is about to be recorded. */
  let arrived: () => void;

  beforeAll(async () => {
    standIn = await TwilioStandIn.start(() => NOW);
    const app = express();
    server = createServer(app);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const keep = async <T>(list: T[], value: T) => {
      arrived();
      await recorded;
      list.push(value);
    };
    const doors = providerWebhook(
      {
        publicBase: base,
        clock: () => NOW,
        verify: call => isSignedByTwilio(call, [standIn.authToken]),
        onRefused: (door, reason) => refused.push(`${door} ${reason}`),
      },
      { path: '/inbound', parse: call => readInbound(call, () => NOW), record: value => keep(inbound, value) },
      { path: '/status', parse: readStatus, record: value => keep(reports, value) },
    );
    app.use('/hooks/twilio', doors);
    standIn.inboundUrl = `${base}/hooks/twilio/inbound`;
  });
  beforeEach(() => {
    recorded = Promise.resolve();
    arrived = () => {};
    inbound.length = reports.length = refused.length = 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await standIn.stop();
  });

  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${base}/hooks/twilio${path}`, { method: 'POST', body, headers });
  /** Signed as Twilio would, whatever it says. */
  const signed = (path: string, params: Record<string, string>) =>
    post(path, new URLSearchParams(params).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': standIn.sign(`${base}/hooks/twilio${path}`, params),
    });

  it('take a text and answer with TwiML that says nothing to the patient', async () => {
    const response = await standIn.text(PATIENT, WORDS);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(await response.text()).toBe('<Response></Response>');
    expect(inbound).toMatchObject([{ from: PATIENT, to: standIn.sender, body: WORDS, channel: 'twilio' }]);
    expect(refused).toEqual([]);
  });

  it('answer only after the text is recorded', async () => {
    const recording = Promise.withResolvers<void>();
    const arrival = Promise.withResolvers<void>();
    recorded = recording.promise;
    arrived = arrival.resolve;
    const order: string[] = [];
    const answer = standIn.text(PATIENT, WORDS).then(() => order.push('text answered'));
    await arrival.promise;
    // A whole other call goes through while the text is being recorded.
    await post('/inbound', '').then(() => order.push('other call answered'));
    recording.resolve();
    await answer;
    expect(order).toEqual(['other call answered', 'text answered']);
    expect(inbound).toHaveLength(1);
  });

  it('ask for the call again when it cannot be recorded, and say nothing of it', async () => {
    recorded = Promise.reject(new Error(`duplicate key ${PATIENT} ${WORDS}`));
    recorded.catch(() => {});
    const response = await standIn.text(PATIENT, WORDS);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/CANARY|5555550100/);
    expect(refused).toEqual(['/inbound not-recorded']);
  });

  it('pass on a call that comes twice under the same id, for the store to recognise', async () => {
    const sid = { MessageSid: `SM${'b'.repeat(32)}` };
    expect((await standIn.text(PATIENT, WORDS, sid)).status).toBe(200);
    expect((await standIn.text(PATIENT, WORDS, sid)).status).toBe(200);
    expect(inbound.map(message => message.providerId)).toEqual([sid.MessageSid, sid.MessageSid]);
  });

  it('take what a carrier reports about a text of ours, in any order', async () => {
    const { accountSid, authToken, baseUrl, sender } = standIn;
    const channel = twilioChannel({
      account: { accountSid, authToken, baseUrl, timeoutMs: 20_000 },
      sender: { from: sender },
      statusCallback: `${base}/hooks/twilio/status`,
      fetch,
    });
    const reference = 'Patient/1|reminder|a';
    const result = await channel.send({ reference, to: PATIENT, body: 'See you.' });
    const providerId = result.outcome === 'accepted' ? result.providerId : '';
    await standIn.report(providerId, 'delivered');
    await standIn.report(providerId, 'sending');
    await standIn.report(providerId, 'sent');
    expect(reports).toEqual(['delivered', 'sent'].map(state => ({ channel: 'twilio', providerId, reference, state })));

    standIn.landlines.add('+15555550101');
    const landline = await channel.send({ reference, to: '+15555550101', body: 'See you.' });
    await standIn.settle(landline.outcome === 'accepted' ? landline.providerId : '');
    expect(reports.at(-1)).toMatchObject({
      state: 'failed',
      failure: { reason: 'address-not-textable', providerCode: '30006' },
    });
  });

  it('learn that Twilio has acted on STOP, after which it refuses our texts', async () => {
    await standIn.text('+15555550102', ' stop ');
    expect(inbound).toMatchObject([{ body: ' stop ', providerKeyword: 'stop' }]);
    expect(standIn.optedOut.has('+15555550102')).toBe(true);
  });

  const form = { MessageSid: `SM${'c'.repeat(32)}`, From: PATIENT, To: '+15005550006', Body: WORDS };

  it.each([
    ['no signature', {}],
    ['a wrong signature', { 'x-twilio-signature': 'PxarAUWa23fvN8bRhVW27MGlLOE=' }],
    ['an empty signature', { 'x-twilio-signature': '' }],
  ])('turn away %s before reading anything', async (_what, headers) => {
    const response = await post('/inbound', new URLSearchParams(form).toString(), headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'security' }] });
    expect([inbound, refused]).toEqual([[], ['/inbound signature-wrong']]);
  });

  it('turn away a call signed for the other door', async () => {
    const signature = standIn.sign(`${base}/hooks/twilio/status`, form);
    const response = await post('/inbound', new URLSearchParams(form).toString(), { 'x-twilio-signature': signature });
    expect(response.status).toBe(401);
  });

  it.each([
    ['/inbound', {}, ['MessageSid', 'From', 'To']],
    ['/inbound', { ...form, MessageSid: 'CANARY' }, ['MessageSid']],
    ['/inbound', { ...form, From: `${PATIENT}\nCANARY` }, ['From']],
    ['/status', { MessageSid: form.MessageSid }, ['MessageStatus']],
    ['/status', { MessageSid: 'CANARY', MessageStatus: 'sent' }, ['MessageSid']],
  ])('%s names the fields of a signed call that make no sense: %#', async (path, params, fields) => {
    const response = await signed(path, params as Record<string, string>);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).not.toMatch(/CANARY|5555550100/);
    expect(JSON.parse(text)).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'structure', expression: fields }],
    });
    expect([inbound, reports, refused]).toEqual([[], [], [`${path} malformed`]]);
  });

  it('bear hostile words', async () => {
    const hostile = [
      '<Response><Message>hi</Message></Response>',
      "'; DROP TABLE inbound; --",
      '#{7*7} {{x}} %s',
      '\u202Eevil\u0000',
      'x'.repeat(20_000),
    ];
    for (const Body of hostile) {
      const response = await signed('/inbound', { ...form, Body });
      expect([response.status, await response.text()]).toEqual([200, '<Response></Response>']);
    }
    expect(inbound.map(message => message.body)).toEqual(hostile.map(body => body.replace('\u0000', '\uFFFD')));
  });

  it('turn away what is too large, announced or not', async () => {
    const response = await signed('/inbound', { ...form, Body: 'x'.repeat(65_536) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'too-long' }] });
    expect(await chunked(`${base}/hooks/twilio/inbound`, 70_000)).toBe(413);
    expect(refused).toEqual(['/inbound too-large', '/inbound too-large']);
  });

  it('do not unpack', async () => {
    const response = await post('/inbound', gzipSync('x'.repeat(10_000_000)), { 'content-encoding': 'gzip' });
    expect([response.status, refused]).toEqual([400, ['/inbound unreadable']]);
  });

  it('have no other address and no other method', async () => {
    expect((await fetch(standIn.inboundUrl)).status).toBe(404);
    expect((await post('/inbound/', '')).status).toBe(404);
    expect((await post('/other', '')).status).toBe(404);
  });
});

/** Posts `size` bytes without saying beforehand how many they are; resolves with the status. */
function chunked(url: string, size: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } }, response => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end(Buffer.alloc(size, 'x'));
  });
}
