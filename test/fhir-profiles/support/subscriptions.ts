import { FOLLOWED_TYPES } from '../../../sync/domain/policy/subscription-wishes.ts';
import { desiredSubscriptions, type WireSubscription } from '../../../sync/fhir/subscribe/desired.ts';
import { profileOf } from '../../fhir/support/profiles.ts';

const TOPICS = 'https://loopkeeper.org/fhir/SubscriptionTopic';

/** What the service asks an EHR for: the examples of a Subscription are exactly this. */
function wanted(push: 'criteria' | 'topic'): WireSubscription[] {
  const types = FOLLOWED_TYPES.map(type => ({ type, push, topics: [`${TOPICS}/${topicName(type)}`] }));
  const endpoint = 'https://sync.example.org/hooks/fhir/riverside';
  return desiredSubscriptions({ profile: profileOf('hapi'), endpoint, secret: 'an-example-not-a-secret', types });
}

export const topicName = (type: string): string => `${type.replace(/\B[A-Z]/g, '-$&').toLowerCase()}-change`;

export const SUBSCRIPTIONS: Record<string, WireSubscription | undefined> = {
  'appointment-criteria': wanted('criteria')[0],
  'appointment-topic': wanted('topic')[0],
};

export const topicsWanted: string[] = wanted('topic').map(({ criteria }) => criteria);
