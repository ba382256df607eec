import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../sync/domain/inbound/keywords.ts';
import { read } from './replies.ts';

describe('how sure a yes it is', () => {
  const EXPLICIT = [
    'C',
    'C please',
    'C!',
    'Ｃ',
    'yes c',
    'Confirm',
    'confrim',
    'I confirm',
    'confirmed',
    'Yes, confirmed. Thanks',
    'I would like to confirm my appointment',
    'Please confirm me',
    'Sounds good, I confirm',
    'confirmo',
    'Confirmo mi cita',
    'confirmar',
    'Sí, confirmo',
    'Confirmada gracias',
  ];
  const ASSENT = [
    'yes',
    'Y',
    'Yes please',
    'yep',
    "Yes ma'am",
    'ok yes',
    '👍',
    '👍🏽',
    'ok 👍',
    'Yes 👍',
    '✅',
    'sure',
    'Of course',
    'sounds good',
    'that works',
    'that will work for me',
    "That's fine",
    "That's right, thanks",
    'si',
    'Sí, gracias',
    'claro',
    'claro que sí',
    'de acuerdo',
    'Está bien para mí',
  ];
  /** No mere "all right": a coming is promised, though not in our word. */
  const NEITHER = [
    "I'll be there",
    "ok I'll be there",
    'Yes I will be there',
    'see you then',
    'Yes, see you there',
    'Great, see you then',
    'count me in',
    'I can make it',
    'Keep my appointment',
    'ahí estaré',
    'Sí, voy a ir',
    'cuente conmigo',
  ];
  it.each(EXPLICIT.map(text => [text]))('explicit: %j', text => {
    expect(read(text)).toMatchObject({ meaning: 'confirm', explicit: true });
    expect(read(text)).not.toHaveProperty('assent');
  });
  it.each(ASSENT.map(text => [text]))('assent: %j', text => {
    expect(read(text)).toMatchObject({ meaning: 'confirm', assent: true });
    expect(read(text)).not.toHaveProperty('explicit');
  });
  it.each(NEITHER.map(text => [text]))('neither: %j', text => {
    expect(read(text).meaning).toBe('confirm');
    expect(read(text)).not.toHaveProperty('explicit');
    expect(read(text)).not.toHaveProperty('assent');
  });

  it('also where a number is said', () => {
    expect(read('C 1', 2)).toEqual({ meaning: 'confirm', choice: [1], certainty: 'exact', explicit: true });
    expect(read('C2', 2)).toMatchObject({ choice: [2], explicit: true });
    for (const text of ['yes 1', '👍 2', 'sí, la primera', 'yes the first one'])
      expect(read(text, 2), text).not.toHaveProperty('explicit');
  });

  it('is said of a yes only', () => {
    for (const text of ['R', 'cancel my appointment', 'STOP', 'C R', 'wrong number', 'thanks'])
      for (const detail of ['explicit', 'assent']) expect(read(text), text).not.toHaveProperty(detail);
  });
});

describe('which day names the visit', () => {
  const named: [text: string, meaning: Reply['meaning'], days?: Reply['days']][] = [
    ['Please cancel my appointment on Friday', 'cancel', [{ weekday: 5 }]],
    ['cancel my Friday appointment', 'cancel', [{ weekday: 5 }]],
    ['Can I reschedule my appointment on December 11', 'reschedule', [{ day: 11, month: 12 }]],
    ["I can't come tomorrow", 'cancel', [{ relative: 'tomorrow' }]],
    ["cancel tomorrow's appointment", 'cancel', [{ relative: 'tomorrow' }]],
    ['no puedo ir el viernes', 'cancel', [{ weekday: 5 }]],
    ['No podré llegar mañana', 'cancel', [{ relative: 'tomorrow' }]],
    ["I can't make it next week", 'cancel', [{ relative: 'next-week' }]],
    ['I have to reschedule my visit on Dec 2', 'reschedule', [{ day: 2, month: 12 }]],
    ['move it from Friday to Monday', 'reschedule', [{ weekday: 5 }]],
    ['move it to Monday', 'reschedule'],
    ['Can I come Tuesday instead?', 'reschedule'],
    ['please reschedule my appointment to next week', 'reschedule'],
    ['Can we make it at 3 pm instead?', 'reschedule'],
    ["I can't make it", 'cancel'],
    ['R', 'reschedule'],
    ['C', 'confirm'],
    ['wrong number', 'wrong-number'],
    ['see you Thursday', 'unclear'],
  ];
  it.each(named)('%j: %s', (text, meaning, days) => {
    const reading = read(text);
    expect(reading.meaning).toBe(meaning);
    expect(reading.days).toEqual(days);
  });
});
