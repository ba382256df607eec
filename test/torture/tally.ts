import type { Sight } from './child-orders.ts';

/** What was under way at the moment of a kill, as the wires and the database show it. */
export interface Cut {
  /** Calls at our door, not answered yet. */
  atTheDoor: number;
  /** Writes to the EHR, not answered yet. */
  writing: number;
  left: Sight;
}

/** e.g. `30 delivered, 2 unknown`, over several days. */
export function statesOf(days: Record<string, number>[]): string {
  const sum = new Map<string, number>();
  for (const [state, count] of days.flatMap(day => Object.entries(day))) sum.set(state, (sum.get(state) ?? 0) + count);
  return [...sum].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** How many kills hit each kind of work; one kill may hit several. */
export function tallyOf(cuts: Cut[]): string {
  const count = (is: (cut: Cut) => boolean) => cuts.filter(is).length;
  const accept = (cut: Cut) => cut.atTheDoor > 0;
  const apply = ({ left }: Cut) => left.hints.length + left.unplanned + left.unread > 0;
  const deliver = ({ left }: Cut) => left.sending > 0;
  const publish = (cut: Cut) => cut.writing > 0 || cut.left.unpublished > 0;
  const idle = (cut: Cut) => ![accept, apply, deliver, publish].some(is => is(cut));
  return [
    `${cuts.length} kills: ${count(accept)} in accept (a call at the door unanswered)`,
    `${count(apply)} in apply (a hint or a text unread, a plan older than its facts)`,
    `${count(deliver)} in deliver (claimed, its end not recorded)`,
    `${count(publish)} in publish (a row the chart does not hold; ${count(({ writing }) => writing > 0)} with a write under way)`,
    `${count(idle)} with nothing under way`,
  ].join(', ');
}
