import { newTraceparent, type Traceparent, traced } from '../domain/trace.ts';
import type { Heard } from '../fhir/notification/notification.ts';
import type { Service } from '../reconcile/service.ts';
import { hearCanary } from '../store/canary.ts';
import { groupCommit } from '../store/group-commit.ts';
import { addHints, type Hint } from '../store/notification.ts';

interface Wake {
  connection: string;
  heard: Heard;
  /** The sender's, if it said one. */
  traceparent?: Traceparent | undefined;
}

/** What was heard becomes hints. Resolves once they are durable; the sender does not wait for the queue. */
export function openAcceptance({ database, clock, newId, log, ask }: Service): (wake: Wake) => Promise<void> {
  const keep = groupCommit<Hint>(async hints => {
    const now = clock();
    await addHints(database.sql, hints, now);
    await hearCanary(database.sql, hints, now);
  });
  return async ({ connection, heard, traceparent = newTraceparent(newId()) }) => {
    const hints = hintsOf(connection, heard).map(hint => ({ ...hint, traceparent }));
    if (hints.length === 0) return;
    await keep(hints);
    log.info('A notification was kept.', { connection, kind: heard.kind, ...traced(traceparent) });
    void ask('observe', connection);
  };
}

/** One row a resource; numbers ride along, each on a row of its own where there are more of them than resources. */
function hintsOf(connection: string, heard: Heard): Hint[] {
  if (heard.kind === 'handshake') return [];
  const { subscription } = heard;
  if (heard.kind === 'heartbeat')
    return subscription && heard.eventNumber !== undefined
      ? [{ connection, type: 'Subscription', subscription, eventNumber: heard.eventNumber }]
      : [];
  const refs: Hint[] = heard.kind === 'changed' ? heard.refs.map(({ type, id }) => ({ connection, type, id })) : [];
  // A focus we cannot read by id, and a bare "something changed", both mean: look for yourself.
  if (heard.kind === 'catch-up' || heard.identified.length > 0) refs.push({ connection });
  if (!subscription) return refs;
  heard.eventNumbers.forEach((eventNumber, i) => {
    refs[i] = { ...(refs[i] ?? { connection, type: 'Subscription' }), subscription, eventNumber };
  });
  return refs;
}
