import type { Communication } from '@medplum/fhirtypes';
import type { Instant } from '../../../sync/domain/clock.ts';
import { concept, SYSTEM } from './codes.ts';
import { plusMinutes } from './days.ts';
import { PRACTICE } from './staff.ts';

/** `agoMinutes` counts back from now. `in` came from the patient (or the guardian named), `out` went to them. */
type Line = readonly [direction: 'in' | 'out', agoMinutes: number, words: string];
type Thread = { patient: string; guardian?: true; lines: readonly Line[] };

const HOUR = 60;
const DAY = 24 * HOUR;

/** Five threads that ended and one whose last word is the patient's: that one is an open loop. */
const THREADS: readonly Thread[] = [
  {
    patient: 'ana-reyes',
    lines: [
      ['in', 6 * DAY, '¿Puedo cambiar mi cita para la mañana?'],
      ['out', 6 * DAY - 2 * HOUR, 'Sí, cambiamos su cita a las 10:00. Nos vemos pronto.'],
      ['in', 6 * DAY - 3 * HOUR, 'Muchas gracias'],
    ],
  },
  {
    patient: 'diego-ortega',
    guardian: true,
    lines: [
      ['in', 4 * DAY, '¿Puedo traer a los tres niños el mismo día?'],
      ['out', 4 * DAY - HOUR, 'Sí, los tres tienen cita la misma mañana.'],
    ],
  },
  {
    patient: 'celeste-moreau',
    lines: [
      [
        'out',
        9 * DAY,
        'This is Riverside Family Practice. Please reply Y to confirm your visit, or call us to change it.',
      ],
      ['in', 9 * DAY - 20, 'Y'],
    ],
  },
  {
    patient: 'harold-brandt',
    lines: [
      ['in', 3 * DAY, 'Do I need to fast before my check-up?'],
      ['out', 3 * DAY - 40, 'No. Please take your usual medicines and eat as usual.'],
    ],
  },
  {
    patient: 'nadia-haddad',
    lines: [
      ['in', 2 * DAY, 'Is there parking at the clinic?'],
      ['out', 2 * DAY - 15, 'Yes, behind the building. It is free for patients.'],
      ['in', 2 * DAY - 20, 'Great, thank you!'],
    ],
  },
  { patient: 'walter-simms', lines: [['in', 3 * HOUR, 'Could I come a little later than planned? The bus is slow.']] },
];

export const threads = (now: Instant): Communication[] => THREADS.flatMap(thread => communications(thread, now));

function communications(thread: Thread, now: Instant): Communication[] {
  const person = thread.guardian ? `RelatedPerson/guardian-of-${thread.patient}` : `Patient/patient-${thread.patient}`;
  const id = (index: number): string => `message-${thread.patient}-${index + 1}`;
  return thread.lines.map(
    ([direction, ago, words], index): Communication => ({
      resourceType: 'Communication',
      id: id(index),
      status: 'completed',
      medium: [{ ...concept(SYSTEM.participationMode, 'WRITTEN'), text: 'SMS' }],
      subject: { reference: `Patient/patient-${thread.patient}` },
      sender: { reference: direction === 'in' ? person : PRACTICE },
      recipient: [{ reference: direction === 'in' ? PRACTICE : person }],
      sent: plusMinutes(now, -ago),
      received: plusMinutes(now, -ago),
      ...(index > 0 ? { inResponseTo: [{ reference: `Communication/${id(index - 1)}` }] } : {}),
      payload: [{ contentString: words }],
    }),
  );
}
