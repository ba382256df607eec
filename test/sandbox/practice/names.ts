type Language = 'en' | 'es';
type Gender = 'female' | 'male';

const words = (text: string): string[] => text.split(' ');

const GIVEN: Record<Language, Record<Gender, string[]>> = {
  en: {
    female: words('Amelia Beatrice Claire Deborah Fiona Grace Hannah Ivy Joan Louise Naomi Phoebe'),
    male: words('Adrian Bernard Colin Dennis Felix Gordon Hugh Isaac Julian Lewis Nathan Percy'),
  },
  es: {
    female: words('Alba Carmen Elena Inés Marta Pilar'),
    male: words('Andrés Emilio Gonzalo Joaquín Rafael Sergio'),
  },
};

const FAMILY: Record<Language, string[]> = {
  en: words(
    'Ashdown Barlow Calloway Denham Eastman Fairley Garrick Hollis Ingram Jessop Kirkwood Langley Merrick Norwood ' +
      'Oakley Pembroke Radcliff Selby Thorne Underhill Varley Winslow Yardley Aldous Birch Cotter Dunmore Elwood ' +
      'Farrow Gresham Hartnell Ivers Joyner Kendrick Lorimer Mabry',
  ),
  es: words('Aguilar Benítez Cárdenas Delgado Escobar Fuentes'),
};

export const givenNames = (language: Language, gender: Gender): readonly string[] => GIVEN[language][gender];

/** Given and family names are walked at different paces, so that no two of the crowd share both. */
export function nameAt(index: number, language: Language, gender: Gender): { given: string; family: string } {
  const given = GIVEN[language][gender];
  const families = FAMILY[language];
  const rank = language === 'es' ? Math.floor(index / 5) : index;
  const lap = Math.floor(rank / (language === 'es' ? families.length : 2 * given.length));
  return {
    given: given[(rank + lap) % given.length]!,
    family: families[Math.floor(language === 'es' ? rank : rank / 2) % families.length]!,
  };
}
