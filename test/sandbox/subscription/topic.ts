/** A kind of change that can be subscribed to: any create, update or delete of one resource type. */
export interface Topic {
  /** The last part of its canonical. */
  name: string;
  type: 'Appointment' | 'ServiceRequest' | 'Communication' | 'Patient';
}

export const topics: readonly Topic[] = [
  { name: 'appointment-change', type: 'Appointment' },
  { name: 'service-request-change', type: 'ServiceRequest' },
  { name: 'communication-change', type: 'Communication' },
  { name: 'patient-change', type: 'Patient' },
];

/** The canonical URL that goes into `Subscription.criteria`, for a FHIR base without a slash at the end. */
export const topicCanonical = (baseUrl: string, name: string): string => `${baseUrl}/SubscriptionTopic/${name}`;

/** Without a base any will do: what was accepted stays accepted when the server comes back on another port. */
export function topicOf(criteria: string, baseUrl: string | undefined): Topic | undefined {
  return topics.find(({ name }) =>
    baseUrl === undefined ? criteria.endsWith(topicCanonical('', name)) : criteria === topicCanonical(baseUrl, name),
  );
}

/** The three forms a filter comes in (`Type?p=v`, `Type.p=v`, `p=v`; standards.md §2.2) as the first of them. */
export function filterCriteria(topic: Topic, filter: string): string {
  if (filter.includes('?')) return filter;
  const bare = filter.startsWith(`${topic.type}.`) ? filter.slice(topic.type.length + 1) : filter;
  return `${topic.type}?${bare}`;
}
