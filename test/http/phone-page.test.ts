import express from 'express';
import supertest from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InboundMessage } from '../../sync/channels/channel.ts';
import type { PhoneEntry } from '../../sync/channels/phone/store.ts';
import { html, withLinks } from '../../sync/http/phone-page/html.ts';
import { lineId, linesOf, type PhoneOwner } from '../../sync/http/phone-page/lines.ts';
import { type PhonePageOptions, phonePage } from '../../sync/http/phone-page/router.ts';
import { localMoment } from '../../sync/http/phone-page/when.ts';
import { PhoneMemory } from '../channels/phone-memory.ts';

const NOW = '2026-11-21T03:30:00.000Z';
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>\'';
const ana: PhoneOwner = {
  reference: 'Patient/1',
  name: 'Ana López',
  timeZone: 'America/New_York',
  addresses: [
    { medium: 'sms', address: '+15555550100' },
    { medium: 'email', address: 'ana@example.org' },
  ],
};
const luis: PhoneOwner = {
  ...ana,
  reference: 'Patient/2',
  name: 'Luis López',
  addresses: [{ medium: 'sms', address: '+15555550100' }],
};
const practice = {
  ...{ name: 'Oak Clinic', sms: '+15555550199', email: 'notices@oak.example' },
  ...{ timeZone: 'America/Denver', country: 'US' },
};

const entry = (more: Partial<PhoneEntry> = {}): PhoneEntry => ({
  ...{ id: 'm1', medium: 'sms', writtenBy: 'practice', from: practice.sms, to: '+15555550100' },
  ...{ body: 'See you on Tuesday.', at: NOW, delivered: true },
  ...more,
});

let store: PhoneMemory;
let received: InboundMessage[];
let owners: PhoneOwner[];

function browse(more: Partial<PhonePageOptions> = {}) {
  const app = express();
  app.use(
    '/phone',
    phonePage({
      demo: true,
      directory: async () => owners,
      ...{ store, practice, clock: () => NOW, newId: () => `n${store.entries.length}` },
      receive: async message => void received.push(message),
      ...more,
    }),
  );
  return supertest(app);
}

const sms = `/phone/lines/${lineId('+15555550100')}`;
const email = `/phone/lines/${lineId('ana@example.org')}`;

beforeEach(() => {
  store = new PhoneMemory();
  received = [];
  owners = [ana, luis];
});

describe('the phone page', () => {
  it('refuses to exist outside the demonstration', () => {
    expect(() => browse({ demo: false })).toThrow('it exists only in the demonstration.');
  });

  it('shows everybody, the one with the newest message first', async () => {
    owners = [ana, { ...luis, name: 'Bo Chen', addresses: [{ medium: 'sms', address: '+15555550101' }] }];
    await store.add(entry({ to: '+15555550101' }));
    const { text } = await browse().get('/phone/').expect(200);
    expect(text.indexOf('Bo Chen')).toBeLessThan(text.indexOf('Ana López'));
    expect(text).toContain('No messages yet');
  });

  it('shows a text with the time on the wrist of the patient, and its segments', async () => {
    await store.add(entry());
    const { text } = await browse().get(sms).expect(200);
    expect(text).toContain('See you on Tuesday.');
    expect(text).toMatch(/Friday, November 20, 2026/);
    expect(text).toMatch(/10:30\sPM · 1 segment</);
    expect(text).toContain('America/New York');
  });

  it('shows an e-mail with its subject and the way to stop', async () => {
    const more = { subject: 'Your visit', unsubscribeUrl: 'https://oak.example/stop/1' };
    await store.add(entry({ ...more, medium: 'email', from: practice.email, to: 'ana@example.org' }));
    const { text } = await browse().get(email).expect(200);
    expect(text).toContain('Your visit</h2>');
    expect(text).toContain('Oak Clinic &lt;notices@oak.example&gt;');
    expect(text).toContain(
      '<a href="https://oak.example/stop/1" target="_blank" rel="noopener noreferrer">Unsubscribe</a>',
    );
  });

  it('says who shares a number, and marks what never arrived', async () => {
    await store.add(entry({ delivered: false }));
    const { text } = await browse().get(sms).expect(200);
    expect(text).toContain('Ana López and Luis López</h1>');
    expect(text).toContain('2 people share this number.');
    expect(text).toContain('not delivered');
    expect((await browse().get(email)).text).not.toContain('people share');
  });

  it('shows a number that is in no chart any more', async () => {
    await store.add(entry({ to: '+15555550177' }));
    const { text } = await browse()
      .get(`/phone/lines/${lineId('+15555550177')}`)
      .expect(200);
    expect(text).toContain('Nobody in the chart</h1>');
  });

  it('escapes everything it did not write', async () => {
    owners = [
      { ...ana, name: HOSTILE, timeZone: HOSTILE, addresses: [...ana.addresses, { medium: 'sms', address: HOSTILE }] },
    ];
    await store.add(entry({ body: HOSTILE, id: HOSTILE }));
    await store.add(entry({ writtenBy: 'patient', from: '+15555550100', to: practice.sms, body: HOSTILE }));
    await store.add(
      entry({
        medium: 'email',
        to: 'ana@example.org',
        subject: HOSTILE,
        body: HOSTILE,
        unsubscribeUrl: 'javascript:alert(1)',
      }),
    );
    const options = { practice: { ...practice, name: HOSTILE } };
    const pages = await Promise.all(['/phone/', sms, email].map(path => browse(options).get(path)));
    const { body: live } = await browse(options)
      .get('/phone/live')
      .query({ line: lineId('+15555550100') });
    for (const text of [...pages.map(page => page.text), live.people, live.messages]) {
      expect(text).not.toMatch(/<img|<script>|javascript:/);
      expect(text).not.toContain('"">');
    }
    expect(live.messages).toContain('&lt;script&gt;');
  });

  it('keeps numbers and addresses out of every URL', async () => {
    await store.add(entry());
    const { text } = await browse().get(sms);
    const urls = [...text.matchAll(/(?:href|action|src|data-live)="([^"]*)"/g)].map(match => match[1]);
    expect(urls.length).toBeGreaterThan(5);
    expect(urls.join(' ')).not.toMatch(/5555550100|ana/);
  });

  it.each([
    ['Y', 'body', 'Y'],
    ['two lines', 'body', 'one\r\ntwo'],
    ['a quick answer', 'quick', 'STOP'],
  ])('takes an answer: %s', async (_what, field, body) => {
    await browse()
      .post(sms)
      .type('form')
      .send({ [field]: body })
      .expect(303)
      .expect('location', sms);
    const words = body.replace('\r\n', '\n');
    const [from, to] = ['+15555550100', practice.sms];
    expect(received).toEqual([
      {
        channel: 'phone-sms',
        medium: 'sms',
        providerId: 'n0',
        from,
        to,
        body: words,
        receivedAt: NOW,
        attachments: [],
      },
    ]);
    expect((await browse().get(sms)).text).toContain(words);
  });

  it('answers an e-mail at the address of the practice', async () => {
    await browse().post(email).type('form').send({ body: 'Thank you' }).expect(303);
    expect(received).toMatchObject([{ medium: 'email', from: 'ana@example.org', to: practice.email }]);
  });

  it.each([
    ['nothing', { body: '  ' }, 400],
    ['no field', {}, 400],
    ['two bodies', 'body=a&body=b', 400],
    ['an endless one', { body: 'x'.repeat(20_001) }, 400],
  ])('takes no answer with %s', async (_what, sent, status) => {
    await browse().post(sms).type('form').send(sent).expect(status);
    expect(received).toEqual([]);
  });

  it('opens the phone of a stranger, at the hour of the practice', async () => {
    const session = browse();
    const line = `/phone/lines/${lineId('+13125550142')}`;
    await session.post('/phone/lines').type('form').send({ number: '(312) 555-0142' }).expect(303, /.*/);
    await session.post(line).type('form').send({ body: 'Is this the clinic?' }).expect(303).expect('location', line);
    expect(received).toMatchObject([{ from: '+13125550142', to: practice.sms, body: 'Is this the clinic?' }]);
    const { text } = await session.get(line).expect(200);
    expect(text).toMatch(/8:30\sPM/);
    expect(text).toContain('Times are those of America/Denver.');
  });

  it.each([
    ['no number', '12'],
    ['words', 'my sister'],
    ['a number nobody texts from', '+18005550100'],
    ['the practice itself', practice.sms],
    ['nothing', ''],
    ['markup', '"><img src=x>'],
  ])('opens no phone for %s, and says why', async (_, number) => {
    const { text } = await browse().post('/phone/lines').type('form').send({ number }).expect(400);
    expect(text).toMatch(/role="alert">(No text can come from that|That is the number of the practice)/);
    expect(text).not.toContain('<img');
  });

  it('takes no answer from another site', async () => {
    await browse().post(sms).set('sec-fetch-site', 'cross-site').type('form').send({ body: 'C' }).expect(403);
    await browse().post(sms).set('sec-fetch-site', 'same-origin').type('form').send({ body: 'C' }).expect(303);
    expect(received).toHaveLength(1);
  });

  it('knows no other phone', async () => {
    const page = await browse().get('/phone/lines/0000').set('accept', 'text/html').expect(404);
    expect(page.text).toMatch(/<html lang="en">[\s\S]*<title>[\s\S]*<main><h1>There is no such phone/);
    await browse().get('/phone/lines/0000').expect(404, { error: 'There is no such phone.' });
    await browse().post('/phone/lines/0000').type('form').send({ body: 'C' }).expect(404);
    expect((await browse().get('/phone/live?line=0000').expect(200)).body.messages).toBe('');
  });

  it('leads from a patient to their phone, where they were last written to', async () => {
    const of = (id: string) => browse().get(`/phone/of/Patient/${id}`);
    await of('1').expect(303).expect('location', sms);
    await store.add(entry({ medium: 'email', to: 'ana@example.org' }));
    await of('1').expect(303).expect('location', email);
    await of('2').expect(303).expect('location', sms);
  });

  it('leads from a child to the phone of the mother, and says where there is none', async () => {
    owners = [{ ...ana, reference: 'RelatedPerson/1', standsFor: ['Patient/3'] }];
    await browse().get('/phone/of/Patient/3').expect(303).expect('location', sms);
    const page = await browse().get('/phone/of/Patient/4').set('accept', 'text/html').expect(404);
    expect(page.text).toMatch(/No number and no address is on record[\s\S]*href="\/phone\/">All phones/);
  });

  it('lets the keyboard skip the list', async () => {
    expect((await browse().get(sms)).text).toMatch(/<a class="skip" href="#conversation">[\s\S]*id="conversation"/);
    expect((await browse().get('/phone/')).text).toMatch(/<a class="skip" href="#stranger">[\s\S]*id="stranger"/);
  });

  it('brings its script and its looks, and lets nobody else in', async () => {
    const { headers } = await browse().get('/phone/').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['cache-control']).toBe('no-store');
    await browse()
      .get('/phone/phone.js')
      .expect(200)
      .expect('content-type', /javascript/);
    await browse().get('/phone/phone.css').expect(200).expect('content-type', /css/);
    await browse().get('/phone/router.ts').expect(404);
  });
});

describe('the pieces of the page', () => {
  it('escape in text and attributes, and leave out what is not there', () => {
    expect(html`<a title="${`"'<>&`}">${undefined}${false}${[1, html`<b>${'<'}</b>`]}</a>`.text).toBe(
      '<a title="&quot;&#39;&lt;&gt;&amp;">1<b>&lt;</b></a>',
    );
  });

  it.each([
    [
      'see https://oak.example/a?b=1&c=2.',
      'see <a href="https://oak.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">https://oak.example/a?b=1&amp;c=2</a>.',
    ],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['https://["x', 'https://[&quot;x'],
  ])('make web addresses clickable: %s', (words, expected) => expect(html`${withLinks(words)}`.text).toBe(expected));

  it('put an answer on the line it came from, whatever the case of an address', () => {
    const answer = entry({ medium: 'email', writtenBy: 'patient', from: 'Ana@Example.org', to: practice.email });
    const lines = linesOf({ owners: [ana], entries: [answer], timeZone: practice.timeZone });
    expect(lines.find(line => line.address === 'ana@example.org')?.entries).toEqual([answer]);
  });

  it('show the hour of the patient, and UTC in a zone nobody knows', () => {
    expect(localMoment('2026-07-01T12:00:00.000Z', 'America/Phoenix').time).toMatch(/^5:00\sAM$/);
    expect(localMoment('2026-07-01T12:00:00.000Z', 'Mars/Olympus').time).toMatch(/^12:00\sPM$/);
  });
});
