import { describe, expect, it } from 'vitest';
import type { PlannedMessage, Telling } from '../../sync/domain/plan/plan.ts';
import { planFor } from '../../sync/domain/plan/plan-for.ts';
import { wordsOf } from '../../sync/domain/plan/words.ts';
import { forbidden } from '../../sync/reconcile/forbidden.ts';
import { facts, visit } from '../support/facts.ts';
import { shippedPolicy } from '../support/policy.ts';
import { FRIDAY, messageOf, NOON } from '../support/scene.ts';

const policy = shippedPolicy();
const reminder = messageOf(planFor(facts({ appointments: [visit(FRIDAY)] }), policy, NOON), 'reminder-48h')!;
const told = reminder.tells[0]!;
const ELEVEN = '2026-11-27T17:00:00.000Z';

const message = (changes: Partial<PlannedMessage> = {}, telling: Partial<Telling> = {}): PlannedMessage => ({
  ...reminder,
  ...changes,
  tells: [{ ...told, ...telling }],
});
const say = (...messages: PlannedMessage[]) => {
  const words = wordsOf(messages, policy, NOON);
  if ('cannot' in words) throw new Error(words.cannot);
  return words;
};

describe('one message', () => {
  it('says day and hour on the wall of the place, in the language of the reader', () => {
    expect(say(message()).body).toContain('Fri, Nov 27 at 10:00 AM');
    expect(say(message({ language: 'es' })).body).toContain('vie, 27 nov, 10:00 a.m.');
    expect(say(message({}, { zone: 'America/Denver' })).body).toContain('9:00 AM');
  });

  it('names the zone where the reader may live in another', () => {
    expect(say(message({ zones: ['America/Chicago'] })).body).not.toMatch(/\bCT\b/);
    expect(say(message({ zones: ['America/New_York', 'America/Chicago'] })).body).toContain('10:00 AM CT');
  });

  it('has a subject by e-mail, and none by text', () => {
    expect(say(message({ medium: 'email' })).subject).toMatch(/\w/);
    expect(say(message()).subject).toBeUndefined();
  });

  it('says two visits at one hour as one', () =>
    expect(say({ ...reminder, tells: [told, { ...told, appointment: 'Appointment/two' }] }).body).not.toMatch(
      /\d\) Fri/,
    ));

  it('says a move told by two records as the one that holds', () => {
    const before = { start: '2026-11-25T16:00:00.000Z', zone: 'America/Chicago' };
    const off = { ...told, appointment: 'Appointment/old', live: false };
    const { body } = say({ ...message({ text: 'visit-moved' }), tells: [{ ...told, before }, off] });
    expect(body).toContain("Ana's Wed, Nov 25, 10:00 AM visit is now Fri, Nov 27 at 10:00 AM at Riverside");
  });

  it('says the year of what is far ahead, and of a move once', () => {
    const start = '2027-11-24T15:00:00.000Z';
    const before = { start: '2027-11-17T15:00:00.000Z', zone: 'America/Chicago' };
    expect(say(message({ text: 'booking-confirmation' }, { start })).body).toContain('Wed, Nov 24, 2027 at 9:00 AM');
    expect(say(message({ text: 'booking-confirmation', language: 'es' }, { start })).body).toContain(
      'mié, 24 nov 2027, 9:00 a.m.',
    );
    expect(say(message({ text: 'visit-moved' }, { start, before })).body).toContain(
      "Ana's Wed, Nov 17, 9:00 AM visit is now Wed, Nov 24, 2027 at 9:00 AM",
    );
    const soon = { start: FRIDAY, zone: 'America/Chicago' };
    expect(say(message({ text: 'visit-moved' }, { start, before: soon })).body).toContain(
      'Fri, Nov 27, 10:00 AM visit is now Wed, Nov 24, 2027',
    );
    const back = say(message({ text: 'visit-moved' }, { start: FRIDAY, before })).body;
    expect(back).toContain('Wed, Nov 17, 2027, 9:00 AM visit is now Fri, Nov 27 at');
  });

  it('may say it: what leaves is no birth date', () => {
    const texts = Object.values(policy.texts).filter(({ variables }) => variables.includes('weekdayDate'));
    for (const { id, en, es } of texts)
      for (const language of [en && 'en', es && 'es'].filter(one => one !== undefined)) {
        const told = { start: '2027-11-24T15:00:00.000Z', before: { start: FRIDAY, zone: 'America/Chicago' } };
        const one = message({ text: id, language }, { ...told, telehealthLink: 'https://video.riverside.example/1' });
        const words = wordsOf([one], policy, NOON);
        if ('body' in words) expect(forbidden(words, [one], policy), `${id} ${language}`).toBeUndefined();
      }
  });

  it('fills what only the sender knows', () => {
    const words = wordsOf([message({ text: 'answer-received', tells: [] })], policy, NOON, {
      team: 'Front desk',
      answerBy: 'Mon, Nov 23 2:00 PM',
    });
    expect(words).toMatchObject({ body: expect.stringMatching(/\w/) });
  });
});

describe('joined messages', () => {
  it('number two visits of one person, in the order of the day, without a name', () => {
    const { body } = say(message({ key: 'b' }, { start: ELEVEN }), message({ key: 'a' }));
    expect(body).toMatch(/Fri, Nov 27 at Riverside: 1\) 10:00 AM; 2\) 11:00 AM/);
    expect(body).not.toContain('Ana');
  });

  it('name each child where there are several, each with the own hour', () => {
    const leo = message({ key: 'leo', patient: 'Patient/leo', firstName: 'Leo' }, { start: ELEVEN });
    const mia = message({ key: 'mia', patient: 'Patient/mia', firstName: 'Mia' });
    expect(say(leo, mia).body).toMatch(/Fri, Nov 27 at Riverside: 1\) Mia 10:00 AM; 2\) Leo 11:00 AM/);
  });

  it('name two children at the same hour too', () => {
    const leo = message({ key: 'leo', patient: 'Patient/leo', firstName: 'Leo' });
    const mia = message({ key: 'mia', patient: 'Patient/mia', firstName: 'Mia' });
    expect(say(leo, mia).body).toMatch(/Leo.*Mia/);
  });

  it('cannot be said by a text that has no joined form', () =>
    expect(
      wordsOf([message({ text: 'no-show' }), message({ text: 'no-show' }, { start: ELEVEN })], policy, NOON),
    ).toEqual({ cannot: 'text-missing' }));
});

it.each<[string, PlannedMessage, string, string]>([
  ['an unknown text', message({ text: 'nowhere' }), NOON, 'text-missing'],
  ['a text past its review', message(), '2028-06-01T18:00:00.000Z', 'text-expired'],
  ['a person without a name', message({ firstName: undefined }), NOON, 'blank-unfilled'],
  ['a visit without an hour', message({}, { start: undefined }), NOON, 'blank-unfilled'],
  ['a language nobody has written', message({ language: 'vi' }), NOON, 'language-missing'],
])('cannot say %s', (_, one, now, cannot) => expect(wordsOf([one], policy, now)).toEqual({ cannot }));
