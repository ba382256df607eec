import type { Policy } from '../policy/policy.ts';
import type { Change, Step } from '../policy/rule.ts';
import { localDate } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context, Visit } from './context.ts';
import type { Moment } from './moment.ts';
import type { Telling } from './plan.ts';
import { isConfirmed } from './predicates.ts';
import { changeOfPart } from './visit.ts';

export type Wording = NonNullable<Step['message']>;

/** The approved text for an occasion. */
export function wordingFor(
  message: Wording,
  { visits, change }: Anchor,
  { sendAt }: Moment,
  telling: Telling,
  context: Context,
): string {
  const { text, telehealthText, confirmedText, confirmedTelehealthText } =
    (isEve(sendAt, telling) && message.dayBefore) || message;
  if (change) return message.byChange?.[kindOf(change, telling)] ?? text;
  const telehealth = (visits[0] as Visit).mirrored.fact.telehealth;
  const confirmed = (confirmedText ?? confirmedTelehealthText) && visits.every(visit => isConfirmed(visit, context));
  const whenConfirmed = confirmed ? (telehealth && confirmedTelehealthText) || confirmedText : undefined;
  return whenConfirmed ?? ((telehealth && telehealthText) || text);
}

const isEve = (sendAt: string, { start, zone }: Telling) =>
  start !== undefined && localDate(sendAt, zone) < localDate(start, zone);

/** Cancelled is what it is; of a visit that is on, or on again, all that is not as they knew it counts: "on again"
 *  alone stands for a visit that is just what it was. */
function kindOf(change: Change, telling: Telling): Change {
  if (!telling.live) return change;
  const [part, ...more] = telling.changed ?? [];
  // The words for a new hour of a video visit carry its link.
  const others = part === 'hour' ? more.filter(one => one !== 'link') : more;
  if (others.length > 0) return 'several';
  return part ? changeOfPart(part, telling) : change;
}

/** The words for a confidential visit; undefined when the practice has approved none (`scope.md` RSP6). */
export function sensitiveForm(text: string, { texts }: Policy): string | undefined {
  const form = texts[text]?.sensitiveForm ?? `${text}-sensitive`;
  return texts[form] && form;
}
