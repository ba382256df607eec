/** What to do when there is no approved text in any of the patient's languages (`scope.md` F4). */
export type WhenLanguageMissing = 'skip' | 'clinic-default' | 'clinic-default-and-task' | 'staff';

export interface LanguageChoice {
  /** One of the available languages; undefined = nothing is written. */
  language: string | undefined;
  /** `not-recorded`: the chart names no language, so the practice's own is right and nothing is amiss. */
  because: 'patient-language' | 'not-recorded' | 'language-missing';
  /** A person has to see to it: call with an interpreter, or say that they wrote in another language. */
  task: boolean;
}

/**
 * The language of a text. Patients' languages come as charts hold them, the preferred one first: BCP 47 (`es-MX`),
 * ISO 639-2 (`spa`), or words ("Spanish; Castilian"), see `standards.md` §9.3. Nothing is ever machine-translated.
 */
export function chooseLanguage(
  patientLanguages: readonly string[],
  available: readonly string[],
  policy: WhenLanguageMissing,
  clinicDefault: string,
): LanguageChoice {
  const recorded = patientLanguages.filter(
    text => text.trim() !== '' && !/^(und|mis|unknown|zxx|asku|unk)$/i.test(text),
  );
  for (const text of recorded) {
    const language = readable(text, available);
    if (language) return { language, because: 'patient-language', task: false };
  }
  if (recorded.length === 0) return { language: clinicDefault, because: 'not-recorded', task: false };
  const writes = policy === 'clinic-default' || policy === 'clinic-default-and-task';
  return {
    language: writes ? clinicDefault : undefined,
    because: 'language-missing',
    task: policy === 'clinic-default-and-task' || policy === 'staff',
  };
}

/** Names in words, folded. Only languages we may have texts in: an unknown name rightly finds none. */
const NAMES: Record<string, string> = {
  english: 'en',
  ingles: 'en',
  spanish: 'es',
  castilian: 'es',
  espanol: 'es',
  castellano: 'es',
  // Signers read: the text is in the written language around them.
  ase: 'en',
  'american sign language': 'en',
};

/**
 * The available language this reader can read: the same tag, else the same language in the same script. So es-MX
 * finds es, and zh-TW (Hant) never finds zh-Hans; bare "zh" names no script and finds only a text that is bare too.
 */
function readable(text: string, available: readonly string[]): string | undefined {
  for (const tag of tagsOf(text)) {
    const exact = available.find(each => canonical(each) === tag);
    if (exact) return exact;
    const near = available.find(each => written(each) !== undefined && written(each) === written(tag));
    if (near) return near;
  }
  return undefined;
}

const tagsOf = (text: string): string[] =>
  text.split(/[;,(]/).flatMap(part => {
    const word = part
      .normalize('NFD')
      .replace(/[\p{M})]/gu, '')
      .trim()
      .toLowerCase();
    return NAMES[word] ?? canonical(part.trim().replaceAll('_', '-')) ?? [];
  });

function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** `es-Latn`. Languages written in several scripts say nothing unless script or region is named. */
function written(tag: string): string | undefined {
  const locale = canonical(tag) && new Intl.Locale(tag);
  if (!locale) return undefined;
  if (/^(zh|sr|uz|az|pa|ku|bs|mn)$/.test(locale.language) && !locale.script && !locale.region) return undefined;
  return `${locale.language}-${locale.maximize().script ?? ''}`;
}
