import { describe, expect, it } from 'vitest';
import { type Content, checkContent } from '../../../sync/domain/content/check-content.ts';
import { shippedTerms, termFiles } from '../../mappings.ts';

const terms = shippedTerms();
const check = (body: string, more: Partial<Content> = {}) =>
  checkContent({
    body,
    medium: 'sms',
    class: 'routine',
    terms,
    allowedNames: ['Maria', 'Dr. Lindqvist'],
    phones: ['+1 847 555 0100'],
    hosts: ['visit.example.org'],
    ...more,
  });
const codes = (body: string, more: Partial<Content> = {}) =>
  [...new Set(check(body, more).map(({ code }) => code))].sort();

describe('what may not leave', () => {
  const bad: [body: string, code: string][] = [
    // the nature of the visit
    ['Your annual physical is Tue, Dec 2.', 'nature-of-visit'],
    ['See you for your follow-up on your wound.', 'nature-of-visit'],
    ['Time for your vaccine!', 'nature-of-visit'],
    ['Prenatal visit Tue.', 'nature-of-visit'],
    ['Group therapy at 5 PM', 'nature-of-visit'],
    ['Su cita por dolor de espalda', 'nature-of-visit'],
    ['Su vacuna es mañana', 'nature-of-visit'],
    ['Cita de salud mental el martes', 'nature-of-visit'],
    // diagnoses, inflected and accented or not
    ['Your diabetes visit is Tue.', 'diagnosis'],
    ['for diabetic patients', 'diagnosis'],
    ['ASTHMA plan', 'diagnosis'],
    ["Parkinson's check", 'diagnosis'],
    ['A talk about depression', 'diagnosis'],
    ['HIV care team', 'diagnosis'],
    ['your epilepsy', 'diagnosis'],
    ['kidney-stone visit', 'diagnosis'],
    ['migraines?', 'diagnosis'],
    ['su cáncer', 'diagnosis'],
    ['su cancer', 'diagnosis'],
    ['hipertensión', 'diagnosis'],
    ['convulsiones', 'diagnosis'],
    // results, and that there are any
    ['Your results are in.', 'result'],
    ['Your lab work is ready', 'result'],
    ['The biopsy result is negative', 'result'],
    ['Please come for an MRI', 'result'],
    ['A1C due', 'result'],
    ['Sus resultados están listos', 'result'],
    ['examen de sangre', 'result'],
    // medicines
    ['Your refill is ready', 'medicine'],
    ['Bring your Metformin', 'medicine'],
    ['about your Suboxone', 'medicine'],
    ['pick up at the pharmacy', 'medicine'],
    ['Traiga sus medicamentos', 'medicine'],
    ['su receta', 'medicine'],
    // procedures
    ['Your colonoscopy is Tue', 'procedure'],
    ['before your surgery', 'procedure'],
    ['su cirugía', 'procedure'],
    ['an IUD visit', 'procedure'],
    // specialties
    ['Lakeside Cardiology: see you Tue', 'specialty'],
    ['the oncologist', 'specialty'],
    ["Women's Health Center", 'specialty'],
    ['Psiquiatría', 'specialty'],
    // instructions
    ['Come fasting', 'instruction'],
    ['Do not eat after midnight', 'instruction'],
    ['Venga en ayunas', 'instruction'],
    // identifiers
    ['MRN on file', 'identifier'],
    ['tell us your date of birth', 'identifier'],
    ['su fecha de nacimiento', 'identifier'],
    ['chart 12345', 'identifier-number'],
    ['account no. 4411', 'identifier-number'],
    ['expediente 5521', 'identifier-number'],
    ['123-45-6789', 'identifier-number'],
    ['Maria, 01/02/1980', 'full-date'],
    ['born 1980-02-01', 'full-date'],
    ['Feb 1, 1980', 'full-date'],
    ['1 de febrero de 1980', 'full-date'],
    ['1/2/80', 'full-date'],
    ['Wed, Nov 24, 1982', 'full-date'],
    ['born Nov 24, 2027', 'full-date'],
    ['Wed, Nov 24, 2027, born Feb 1, 1980', 'full-date'],
    ['call 847-555-0199', 'digits'],
    ['call (312) 555 0100', 'digits'],
    ['ref 123456', 'digits'],
    ['Hi Maria Gonzalez, see you', 'full-name'],
    // links
    ['see https://evil.example.com/x', 'link'],
    ['see http://visit.example.org/x', 'link'],
    ['see https://visit.example.org@evil.com/x', 'link'],
    ['see https://visit.example.org.evil.com/x', 'link'],
    ['bit.ly/3xYz', 'link'],
    ['www.example.com', 'link'],
    ['evil.ru/x', 'link'],
    ['pay at evil.shop/bill today', 'link'],
    ['10.0.0.1/x', 'link'],
    ['ftp://visit.example.org/x', 'link'],
    ['see https://visit.example.org\\@evil.com/', 'link'],
    ['write to front@desk.org', 'link'],
    // signs that hide
    ['see you \u202Eeut', 'hidden-signs'],
    ['see\u200Byou', 'hidden-signs'],
    ['\u2066Maria\u2069', 'hidden-signs'],
    ['bell\u0007', 'hidden-signs'],
    // money, by SMS
    ['Your balance is due', 'billing'],
    ['su factura', 'billing'],
  ];
  it.each(bad)('%j is %s', (body, code) => {
    expect(codes(body)).toContain(code);
  });

  it('finds words written with composed or decomposed accents', () => {
    expect(codes('su cirugi\u0301a')).toContain('procedure');
  });

  it('finds a family name it was told of, in any case', () => {
    expect(codes('Dear ms. gonzalez', { familyNames: ['Gonzalez'] })).toEqual(['full-name']);
    expect(codes('Dear all', { familyNames: ['Gonzalez'] })).toEqual([]);
  });

  it('is stricter for sensitive visits', () => {
    expect(codes('See you at the center')).toEqual([]);
    expect(codes('See you at the center', { class: 'sensitive' })).toEqual(['setting']);
  });

  it('lets an e-mail speak of the bill, and keeps names out of its subject', () => {
    expect(codes('Your bill is ready', { medium: 'email', subject: 'From Oak' })).toEqual([]);
    expect(check('Hello', { medium: 'email', subject: 'Maria, your visit' })).toEqual([
      { code: 'name-in-subject', part: 'subject' },
    ]);
    expect(check('Hello', { medium: 'email', subject: 'Your visit with Dr. Lindqvist' })).toEqual([]);
    expect(check('Hello', { medium: 'email', subject: 'Your biopsy' })).toMatchObject([
      { code: 'procedure', part: 'subject' },
    ]);
  });

  it('reports where the word stands in the list and never the word', () => {
    const [found] = check('Your colonoscopy is Tue');
    const list = termFiles()
      .find(file => file.language === 'en')
      ?.categories.find(({ code }) => code === 'procedure');
    expect(list?.terms[found?.term?.index ?? -1]).toBe('colonoscopy');
    expect(JSON.stringify(found)).not.toMatch(/colono/);
  });
});

describe('what may leave', () => {
  const good: string[] = [
    'Riverside Family Practice: Hi Maria, your visit is Tue, Dec 2 at 10:30 AM. Reply C to confirm. 847-555-0100.',
    'Call (847) 555-0100 or +1 847 555 0100.',
    'Maria, see you with Dr. Lindqvist.',
    'As a result, we will call you.',
    'This will result in a new time.',
    'Take your time!',
    'There is no charge for an interpreter, feel free to ask.',
    'See you 10:30 AM CT, or 10:30 a.m. CT',
    'Our hours of operation are 9 to 5.',
    'https://visit.example.org/j/k3v9qtxw1234567',
    'Join: https://visit.example.org/j/k3. Thanks',
    'Open the link on your phone, tablet or computer',
    'Dr.Okafor/Dr.Ng, 9 a.m./p.m., and/or room 4.2/B',
    'Hi Ed, Ms. Lee is in.',
    'We add time when you need it.',
    'Thanks 👩‍👧 see you',
    'Line one\nLine two',
    'see you today.Reply when you can',
    'Ana: le esperamos el mié, 2 dic, 10:30 a.m. Responda C si puede.',
    'Disculpe las molestias.',
    "Maria's visit is booked for Wed, Nov 24, 2027 at 9:00 AM.",
    'la cita de Maria es el mié, 24 nov 2027, 9:00 a.m.',
    'Medicina familiar Oak',
    'cita por video',
    'Tue, Dec 2, 9:00 AM; Wed, Dec 3, 10:30 AM',
  ];
  it.each(good)('%j', body => {
    expect(check(body)).toEqual([]);
  });

  it('a person may be called like an illness', () => {
    expect(codes('Hola Dolores')).toContain('nature-of-visit');
    expect(codes('Hola Dolores', { allowedNames: ['Dolores'] })).toEqual([]);
  });

  it('but a specialty behind the name of a clinician is no name', () => {
    expect(codes('with Dr. Vega, Oncology', { allowedNames: ['Dr. Vega, Oncology'] })).toEqual(['specialty']);
  });
});

describe('the shipped lists', () => {
  it('hold several hundred terms in each language, none twice in a category', () => {
    for (const { categories } of termFiles()) {
      expect(categories.flatMap(({ terms }) => terms).length).toBeGreaterThan(400);
      for (const { code, terms } of categories) expect(new Set(terms).size, code).toBe(terms.length);
    }
  });

  it('are all found by the matcher they are compiled to', () => {
    for (const { categories } of termFiles())
      for (const { code, terms, sensitiveOnly } of categories)
        for (const term of terms)
          expect(codes(term.replace('*', 'x'), { class: sensitiveOnly ? 'sensitive' : 'routine' }), term).toContain(
            code,
          );
  });
});
