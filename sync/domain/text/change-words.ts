import type { Language } from './text.ts';
import { atPlace, type VisitWords } from './visit-words.ts';

const WORDS: Record<Language, { video: string; inPerson: string; with: string; join: string; linkToCome: string }> = {
  en: {
    video: 'by video',
    inPerson: 'in person',
    with: 'with',
    join: 'Join:',
    linkToCome: 'We will send you the link.',
  },
  es: {
    video: 'por video',
    inPerson: 'en persona',
    with: 'con',
    join: 'Entre:',
    linkToCome: 'Le enviaremos el enlace.',
  },
};

/** How to come to a video visit. A link is often made only after the booking: until then nobody is left guessing. */
export const howToJoin = (link: string | undefined, language: Language): string =>
  link ? `${WORDS[language].join} ${link}` : WORDS[language].linkToCome;

/** What is new about a visit; what is not new is left out. */
export interface NewWords {
  when?: Pick<VisitWords, 'weekdayDate' | 'time'>;
  mode?: 'video' | 'in-person';
  place?: string;
  clinician?: string;
  link?: string;
}

/** Completes "your visit is now …" and "su cita ahora es …": "Thu, Dec 3 at 1:00 PM MT at Mesa with Dr. Vega". */
export function changeWords({ when, mode, place, clinician, link }: NewWords, language: Language): string {
  const words = WORDS[language];
  const hour =
    when && (language === 'en' ? `${when.weekdayDate} at ${when.time}` : `el ${when.weekdayDate}, ${when.time}`);
  const byVideo = mode === 'video' || link ? `${words.video}${link ? ` (${link})` : ''}` : undefined;
  const how = mode === 'in-person' ? words.inPerson : byVideo;
  const parts = [hour, how, place && atPlace('', place, language).trim(), clinician && `${words.with} ${clinician}`];
  return parts.filter(part => part).join(' ');
}
