import type { Delivery } from '../../../sync/fhir/notification/notification.ts';

export const BASE = 'https://ehr.example.org/fhir';
const ref = (reference: string) => ({ reference });

export function delivery(
  method: string,
  path = '',
  body: unknown = '',
  headers: Record<string, string> = {},
): Delivery {
  return { method, path, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

export const visitBody = (id = '9', versionId = '3') => ({
  resourceType: 'Appointment',
  id,
  meta: { versionId },
  status: 'booked',
});

export const backport = (type: string, parameters: object[] = [], entries: object[] = []) => ({
  resourceType: 'Bundle',
  type: 'history',
  entry: [
    {
      resource: {
        resourceType: 'Parameters',
        parameter: [
          { name: 'subscription', valueReference: ref(`${BASE}/Subscription/sub-1`) },
          { name: 'status', valueCode: 'active' },
          { name: 'type', valueCode: type },
          ...parameters,
        ],
      },
      request: { method: 'GET', url: 'Subscription/sub-1/$status' },
      response: { status: '200' },
    },
    ...entries,
  ],
});

/** One `notification-event`; HAPI writes the number as text and the time as a bare date. */
export const event = (number: string | undefined, focus?: string, more: object[] = []) => ({
  name: 'notification-event',
  part: [
    ...(number === undefined ? [] : [{ name: 'event-number', valueString: number }]),
    { name: 'timestamp', valueDate: '2026-11-20' },
    ...(focus === undefined ? [] : [{ name: 'focus', valueReference: ref(focus) }]),
    ...more,
  ],
});

export const r4b = (status: object, entries: object[] = [], type = 'history') => ({
  resourceType: 'Bundle',
  type,
  entry: [{ resource: { resourceType: 'SubscriptionStatus', status: 'active', ...status } }, ...entries],
});

/** The Bundle of `standards.md` §2.7, with a patient as the documented extension gives one. */
export const athena = (...ids: string[]) =>
  r4b(
    {
      type: 'event-notification',
      eventsSinceSubscriptionStart: String(ids.length),
      eventsInNotification: ids.length,
      subscription: ref('Subscription/abc'),
      topic: 'https://api.platform.athenahealth.com/fhir/r4/SubscriptionTopic/Appointment.cancel',
      notificationEvent: ids.map((id, i) => ({
        id,
        eventNumber: String(i + 1),
        timestamp: '2026-11-20T14:02:11.000Z',
        focus: { identifier: { system: 'urn:athenahealth:athenanet:appointment:432', value: '9911' } },
      })),
    },
    ids.map(id => ({
      resource: {
        resourceType: 'AuditEvent',
        id,
        extension: [
          {
            url: 'http://hl7.org/fhir/5.0/StructureDefinition/extension-AuditEvent.patient',
            valueReference: ref('Patient/a-432.E-77'),
          },
        ],
      },
    })),
  );
