import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { MirroredAppointment, PatientFacts, VisitState } from './facts.ts';

/** What the patient was last told about a visit. `times` counts our messages that told it: it anchors the next one. */
export interface Told {
  by: 'us' | 'practice';
  state: VisitState;
  at: Instant;
  times: number;
}

/** States in which a message may have reached the patient. `unknown` counts: at most once (law 6). */
const REACHED = ['sending', 'sent', 'delivered', 'unknown'];

/**
 * Law 3. Without a message of ours, a visit that was there at the first import, or whose confirmation is overdue, was
 * told by the practice itself when it was booked, so a later change is still worth a notice.
 */
export function toldAbout(
  visit: MirroredAppointment,
  facts: PatientFacts,
  confirmBy: Instant,
  now: Instant,
): Told | undefined {
  const tellings = tellingsOf(visit.fact.reference, facts);
  const last = tellings.at(-1);
  if (last) return { by: 'us', state: last.state, at: last.at, times: tellings.length };
  const { firstSeen } = visit;
  if (!firstSeen.state.live || (!firstSeen.imported && now < confirmBy)) return undefined;
  return { by: 'practice', state: firstSeen.state, at: firstSeen.at, times: 0 };
}

export function tellingsOf(
  appointment: Reference,
  facts: PatientFacts,
): { state: VisitState; at: Instant; rule: string }[] {
  return facts.messages
    .filter(message => REACHED.includes(message.state))
    .flatMap(message =>
      message.tells
        .filter(telling => telling.appointment === appointment)
        .map(telling => ({ state: telling, at: message.sentAt ?? message.sendAt, rule: message.rule })),
    )
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}
