import { describe, expect, test } from 'vitest';
import { summarise } from '../../sync/fhir/capability.ts';
import { EhrError } from '../../sync/fhir/outcome.ts';
import { recognise } from '../../sync/fhir/profile.ts';
import { chooseStrategy } from '../../sync/fhir/strategy.ts';
import { capabilityOf, statement } from './support/capabilities.ts';
import { profileOf, profiles } from './support/profiles.ts';

const VENDORS = ['medplum', 'hapi', 'epic', 'oracle-health', 'athenahealth', 'eclinicalworks', 'nextgen', 'generic'];

describe('the profiles', () => {
  test('of all vendors are there, and the embedded EHR has its own', () => {
    expect(profiles.map(p => p.id).sort()).toEqual([...VENDORS, 'sandbox'].sort());
  });

  test('say whether anybody has seen them hold', () => {
    const seen = profiles.filter(p => p.verified !== 'never').map(p => p.id);
    expect(seen).toEqual(['hapi', 'medplum', 'sandbox']);
  });

  test.each(VENDORS)('%s is recognised by the name its server gives', vendor => {
    expect(recognise(profiles, capabilityOf(vendor).software?.name)?.id).toBe(vendor);
  });

  test('a server without a name is a generic one', () => {
    expect(recognise(profiles, undefined)?.id).toBe('generic');
  });
});

describe('the strategy', () => {
  test.each([
    ['medplum', 'Appointment', 'criteria', 'last-updated', 'deleted-param'],
    ['medplum', 'Consent', 'criteria', 'last-updated', 'deleted-param'],
    ['hapi', 'Appointment', 'criteria', 'type-history', 'history'],
    ['hapi', 'Communication', 'criteria', 'type-history', 'history'],
    ['epic', 'Appointment', 'none', 'by-patient', 'verify-by-read'],
    ['epic', 'ServiceRequest', 'none', 'by-patient', 'verify-by-read'],
    ['epic', 'Task', 'none', 'by-patient', 'verify-by-read'],
    ['epic', 'Patient', 'none', 'by-patient', 'verify-by-read'],
    ['epic', 'Consent', 'none', 'none', 'none'],
    ['oracle-health', 'Appointment', 'none', 'by-practitioner', 'verify-by-read'],
    ['oracle-health', 'ServiceRequest', 'none', 'by-patient', 'verify-by-read'],
    ['oracle-health', 'Communication', 'none', 'none', 'none'],
    ['athenahealth', 'Appointment', 'none', 'none', 'none'],
    ['athenahealth', 'ServiceRequest', 'none', 'by-patient', 'verify-by-read'],
    ['eclinicalworks', 'Appointment', 'none', 'none', 'none'],
    ['eclinicalworks', 'ServiceRequest', 'none', 'by-patient', 'verify-by-read'],
    ['nextgen', 'ServiceRequest', 'none', 'by-patient', 'verify-by-read'],
    ['generic', 'Appointment', 'criteria', 'last-updated', 'verify-by-read'],
  ])('%s, %s: push %s, feed %s, deletes %s', (vendor, type, push, feed, deletes) => {
    const chosen = chooseStrategy(capabilityOf(vendor), profileOf(vendor), type);
    expect({ push: chosen.push, feed: chosen.feed, deletes: chosen.deletes }).toEqual({ push, feed, deletes });
    expect(chosen.why.length).toBeGreaterThan(0);
    for (const sentence of chosen.why) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  test.each([
    [
      'a topic that the administrator names',
      'athenahealth',
      ['https://x/SubscriptionTopic/Appointment.cancel'],
      'topic',
    ],
    ['the same on HAPI, where nothing declares it', 'hapi', ['http://x/topic/1'], 'topic'],
    ['a vendor that sends nothing, whatever is named', 'epic', ['http://x/SubscriptionTopic/appointment'], 'none'],
  ])('%s', (_, vendor, topics, push) => {
    expect(chooseStrategy(capabilityOf(vendor), profileOf(vendor), 'Appointment', { topics }).push).toBe(push);
  });

  test.each([
    ['http://x/SubscriptionTopic/appointment-change', 'Appointment', 'topic'],
    ['http://hl7.org/fhir/us/sdoh-clinicalcare/SubscriptionTopic/Servicerequest', 'ServiceRequest', 'topic'],
    ['http://hl7.org/fhir/us/core/SubscriptionTopic/patient-data-feed', 'Patient', 'none'],
    ['http://x/SubscriptionTopic/appointment-change', 'Communication', 'none'],
    ['http://x/SubscriptionTopic/service-request-change', 'ServiceRequest', 'topic'],
    ['http://x/SubscriptionTopic/appointment-response-change', 'Appointment', 'none'],
  ])('a declared topic %s for %s: %s', (topic, type, push) => {
    const types = { [type]: { interactions: 'read search-type', search: '_lastUpdated' } };
    const capability = summarise(statement('X', types, [topic]));
    expect(chooseStrategy(capability, profileOf('generic'), type).push).toBe(push);
  });

  test.each([
    ['history and everything else', 'search-type history-type', '_lastUpdated date', 'type-history'],
    ['no history', 'search-type', '_lastUpdated date', 'last-updated'],
    ['no _lastUpdated either', 'search-type', 'date patient practitioner', 'date-window'],
    ['no search at all', 'read', '_lastUpdated date', 'none'],
    ['only a patient', 'search-type', 'patient', 'by-patient'],
    ['nothing useful', 'search-type', 'status', 'none'],
  ])('on an unknown server with %s it is %4$s', (_, interactions, search, feed) => {
    const capability = summarise(statement('X', { Appointment: { interactions, search } }));
    expect(chooseStrategy(capability, profileOf('generic'), 'Appointment').feed).toBe(feed);
  });

  test('an EHR that cannot reach us pushes nothing, and the feed stays', () => {
    const chosen = chooseStrategy(capabilityOf('hapi'), profileOf('hapi'), 'Appointment', { reachable: false });
    expect([chosen.push, chosen.feed]).toEqual(['none', 'type-history']);
  });

  test('what cannot be heard of is said in so many words', () => {
    const chosen = chooseStrategy(capabilityOf('eclinicalworks'), profileOf('eclinicalworks'), 'Appointment');
    expect(chosen.why.at(-1)).toBe('Changes to Appointment cannot be heard of here at all.');
  });
});

test('a statement without a server part is an error, not an empty server', () => {
  const empty = { ...statement('X', {}), rest: [] };
  expect(() => summarise(empty)).toThrow(EhrError);
});
