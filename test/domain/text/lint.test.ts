import { describe, expect, it } from 'vitest';
import { lintText } from '../../../sync/domain/text/lint.ts';
import { readingGrade } from '../../../sync/domain/text/reading-grade.ts';
import { render } from '../../../sync/domain/text/render.ts';
import { Text } from '../../../sync/domain/text/text.ts';
import { shippedTerms, shippedTexts } from '../../mappings.ts';

const terms = shippedTerms();

const GOOD = {
  id: 'example',
  purpose: 'reminder',
  class: 'routine',
  variables: ['clinicName', 'clinicPhone', 'weekdayDate', 'time'],
  callToAction: 'reply-c-or-r',
  approvedBy: 'somebody',
  approvedOn: '2026-11-16',
  reviewBy: '2027-02-12',
  en: {
    sms: '{{clinicName}}: see you {{weekdayDate}}, {{time}}. Reply C to confirm or R to change. {{clinicPhone}} STOP to end.',
  },
  es: {
    sms: '{{clinicName}}: {{weekdayDate}}, {{time}}. Responda C para confirmar o R para cambiar. {{clinicPhone}} Baja: STOP.',
  },
};
const withEn = (sms: string) => Text.parse({ ...GOOD, en: { sms } });
const codes = (text: Text) => lintText(text, terms).map(({ path, code }) => `${path} ${code}`.trim());

describe('lintText', () => {
  it('is content with a good text', () => {
    expect(codes(Text.parse(GOOD))).toEqual([]);
  });

  const bad: [string, Text, string][] = [
    ['a language is missing', Text.parse({ ...GOOD, es: undefined }), 'es language-missing'],
    [
      'a medium exists in one language only',
      Text.parse({
        ...GOOD,
        en: { ...GOOD.en, email: { subject: 'Your visit', body: 'See you {{weekdayDate}}. {{clinicPhone}}' } },
      }),
      'es.email medium-missing',
    ],
    ['a blank is not declared', withEn(`${GOOD.en.sms} {{locationName}}`), 'en.sms undeclared-variable'],
    ['a blank is misspelt', withEn(GOOD.en.sms.replace('time', 'tiem')), 'en.sms undeclared-variable'],
    ['a variable is not used', Text.parse({ ...GOOD, variables: [...GOOD.variables, 'count'] }), 'unused-variable'],
    [
      'there is no next step',
      withEn('{{clinicName}}: see you {{weekdayDate}}, {{time}}. {{clinicPhone}}'),
      'en.sms no-call-to-action',
    ],
    ['it asks for YES', withEn(GOOD.en.sms.replace('or R', 'or YES')), 'en.sms asks-for-keyword'],
    ['it asks for yes in small letters', withEn(`${GOOD.en.sms} Reply yes.`), 'en.sms asks-for-keyword'],
    ['it asks for CANCEL', withEn(`${GOOD.en.sms} CANCEL to stop.`), 'en.sms asks-for-keyword'],
    ['it asks for SÍ', Text.parse({ ...GOOD, es: { sms: `${GOOD.es.sms} Responda SÍ.` } }), 'es.sms asks-for-keyword'],
    [
      'it asks for si',
      Text.parse({ ...GOOD, es: { sms: `${GOOD.es.sms} Responda si para ir.` } }),
      'es.sms asks-for-keyword',
    ],
    [
      'it asks for cancelar',
      Text.parse({ ...GOOD, es: { sms: `${GOOD.es.sms} Responda con "cancelar".` } }),
      'es.sms asks-for-keyword',
    ],
    ['a curly apostrophe', withEn(`${GOOD.en.sms} We’ll wait.`), 'en.sms typographic-signs'],
    ['it gets too long', withEn(`${GOOD.en.sms} ${'We wait. '.repeat(9)}`), 'en.sms too-long'],
    ['it does not say how to stop', withEn(GOOD.en.sms.replace('STOP to end.', '')), 'en.sms no-opt-out'],
    ['a fixed link', withEn(`${GOOD.en.sms} example.com/x`), 'en.sms dead-link'],
    [
      'it is hard to read',
      withEn(`${GOOD.en.sms} Notify administrative personnel immediately regarding transportation.`),
      'en.sms hard-to-read',
    ],
    ['it says why', withEn(`${GOOD.en.sms} Your biopsy.`), 'en.sms forbidden-content'],
  ];
  it.each(bad)('%s', (_, text, expected) => {
    expect(codes(text)).toContain(expected);
  });

  it('counts the year of a visit far ahead, where one may be told', () => {
    const sms = `${GOOD.en.sms}${' Wait.'.repeat(6)}`;
    expect(codes(withEn(sms))).toEqual([]);
    expect(codes(Text.parse({ ...withEn(sms), purpose: 'notice' }))).toEqual([
      'en.sms too-long',
      'en.sms too-many-segments',
    ]);
  });

  it('takes "Responda C si puede" for what it is', () => {
    const sms = '{{clinicName}}: {{weekdayDate}}, {{time}}. Responda C si puede o R si no. {{clinicPhone}} STOP';
    expect(codes(Text.parse({ ...GOOD, es: { sms } }))).toEqual([]);
  });
});

describe('render', () => {
  const text = Text.parse({
    ...GOOD,
    en: { ...GOOD.en, email: { subject: 'On {{weekdayDate}}', body: 'See you at {{time}}. {{clinicPhone}}' } },
  });
  const all = { clinicName: 'Oak', clinicPhone: '1', weekdayDate: 'mié, 2 dic', time: '10:30 a.m.' };

  it('fills every blank, and writes one full stop where two would meet', () => {
    expect(render(text, 'es', 'sms', all)).toEqual({
      ok: 'Oak: mié, 2 dic, 10:30 a.m. Responda C para confirmar o R para cambiar. 1 Baja: STOP.',
    });
    expect(render(text, 'en', 'email', all)).toEqual({ ok: 'See you at 10:30 a.m. 1', subject: 'On mié, 2 dic' });
  });

  it('names every blank it cannot fill, once', () => {
    expect(render(text, 'en', 'sms', { clinicName: 'Oak', time: '  ', clinicPhone: '1' })).toEqual({
      blank: ['weekdayDate', 'time'],
    });
  });

  it('does not fill what the text does not declare', () => {
    expect(render(withEn(`${GOOD.en.sms} {{names}}`), 'en', 'sms', { ...all, names: 'Mia' })).toEqual({
      blank: ['names'],
    });
  });

  it('never reads a value as a template', () => {
    const filled = render(text, 'en', 'sms', { ...all, clinicName: '{{clinicPhone}} $& $1' });
    expect('ok' in filled && filled.ok).toMatch(/^\{\{clinicPhone\}\} \$& \$1: see you/);
  });

  it('says what is missing', () => {
    expect(render(text, 'es', 'email', all)).toEqual({ missing: 'medium' });
    expect(render(text, 'en', 'sms', all, 'joined')).toEqual({ missing: 'medium' });
    expect(render(Text.parse({ ...GOOD, es: undefined }), 'es', 'sms', all)).toEqual({ missing: 'language' });
  });

  it('makes typographic values plain in SMS and keeps accents', () => {
    const filled = render(text, 'en', 'sms', { ...all, clinicName: 'Señor Peña’s' });
    expect('ok' in filled && filled.ok).toMatch(/^Señor Peña's:/);
  });
});

describe('readingGrade', () => {
  it('tells plain words from officialese', () => {
    expect(readingGrade('We will see you on Tuesday. Call us if you need help.')).toBeLessThan(4);
    expect(readingGrade('Please notify administrative personnel immediately regarding rescheduling.')).toBeGreaterThan(
      12,
    );
    expect(readingGrade('')).toBe(0);
  });
});

describe('the shipped texts', () => {
  const texts = shippedTexts();

  it.each(texts.map(text => [text.id, text] as const))('%s is fit to be sent', (_, text) => {
    expect(lintText(text, terms)).toEqual([]);
  });

  it('are reviewed within 90 days of their approval (RSP4)', () => {
    for (const { id, approvedOn, reviewBy } of texts)
      expect((Date.parse(reviewBy) - Date.parse(approvedOn)) / 86_400_000, id).toBeLessThanOrEqual(90);
  });

  it('begin with the name of the practice and hold its telephone, in every SMS', () => {
    for (const { id, en, es } of texts)
      for (const words of [en, es, en?.joined, es?.joined])
        if (words?.sms) expect(words.sms, id).toMatch(/^\{\{clinicName\}\}: .*\{\{clinicPhone\}\}/s);
  });

  it('tell a new reader how to stop', () => {
    for (const id of [
      'booking-confirmation',
      'booking-confirmation-telehealth',
      'booking-confirmation-sensitive',
      'answer-help',
    ])
      for (const language of ['en', 'es'] as const)
        expect(texts.find(text => text.id === id)?.[language]?.sms, id).toMatch(/STOP/);
  });

  it('name nobody, no place and no clinician when they are for sensitive visits', () => {
    const sensitive = texts.filter(text => text.class === 'sensitive');
    expect(sensitive.length).toBeGreaterThan(0);
    for (const { variables } of sensitive)
      expect(
        variables.filter(v =>
          ['firstName', 'names', 'clinicianName', 'locationName', 'timeAndPlace', 'visits', 'changes'].includes(v),
        ),
      ).toEqual([]);
  });

  it('hold a link only when they are about video, and never send anybody the wrong way', () => {
    for (const { id, variables, en } of texts) {
      if (variables.includes('telehealthLink')) expect(en?.sms, id).toMatch(/video/);
      if (variables.includes('howToJoin')) expect(en?.sms, id).toMatch(/video/);
      expect(variables.includes('telehealthLink') && variables.includes('locationName'), id).toBe(false);
    }
  });
});
