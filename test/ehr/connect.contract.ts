import { expect, test } from 'vitest';
import { FOLLOWED } from '../../sync/reconcile/poll.ts';
import { onEveryEhr } from './ehr.ts';

onEveryEhr(
  'connecting',
  ehr => {
    test('it is recognised by what it says of itself, and somebody has seen its profile hold', () => {
      const { profile, capability } = ehr.connection;
      expect(profile.software).toContain(profile.software.find(name => capability.software?.name.includes(name)));
      expect(profile.verified).toMatchObject({ when: expect.any(String) });
    });

    test.each(FOLLOWED)('%s is heard of by notification, and found by its history', type => {
      const strategy = ehr.connection.strategies[type];
      expect(strategy).toMatchObject({ feed: 'type-history', deletes: 'history' });
      expect(['topic', 'criteria']).toContain(strategy?.push);
    });
  },
  { own: true },
);

onEveryEhr('connecting', ehr => {
  test('it speaks FHIR R4, and visits can be followed there', () => {
    expect(ehr.connection.capability.fhirVersion).toBe('4.0.1');
    expect(ehr.connection.strategies.Appointment?.feed).not.toBe('none');
  });
});
