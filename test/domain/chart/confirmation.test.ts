import type { Appointment, AppointmentParticipant } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { confirmed, stillFits } from '../../../sync/domain/chart/confirmation.ts';
import { visitOf } from '../../support/chart.ts';

const START = '2026-11-25T17:00:00.000Z';
const yes = {
  meaning: 'confirm',
  appointment: 'Appointment/one',
  start: START,
  at: '2026-11-23T18:00:00.000Z',
} as const;

type Status = AppointmentParticipant['status'];

const withAna = (statuses: Status[], changes: Partial<Appointment> = {}): Appointment => {
  const [, ...others] = visitOf('one', ['ana'], START).participant;
  const ana = statuses.map(status => ({ actor: { reference: 'Patient/ana' }, status }));
  return { ...visitOf('one', [], START), participant: [...ana, ...others], ...changes };
};
const written = (visit: Appointment) =>
  confirmed(visit, 'Patient/ana', yes)
    ?.participant.filter(p => p.actor?.reference === 'Patient/ana')
    .map(p => p.status);

describe('a yes is written where the visit lists the patient, and only where it is still to be written', () => {
  const TABLE: [what: string, listed: Status[], expected: Status[] | undefined, fits: boolean][] = [
    ['once', ['needs-action'], ['accepted'], true],
    ['not sure yet', ['tentative'], ['accepted'], true],
    ['twice, declined first', ['declined', 'needs-action'], ['declined', 'accepted'], true],
    ['twice, declined last', ['needs-action', 'declined'], ['accepted', 'declined'], true],
    ['twice, open both times', ['needs-action', 'needs-action'], ['accepted', 'needs-action'], true],
    ['accepted already', ['accepted'], undefined, true],
    ['accepted in one of two places', ['needs-action', 'accepted'], undefined, true],
    ['declined', ['declined'], undefined, false],
    ['declined in all places', ['declined', 'declined'], undefined, false],
    ['not theirs any more', [], undefined, false],
  ];
  it.each(TABLE)('%s', (_, listed, expected, fits) => {
    expect(written(withAna(listed))).toEqual(expected);
    expect(stillFits(withAna(listed), 'Patient/ana', yes)).toBe(fits);
  });

  const CHANGED: [what: string, changes: Partial<Appointment>][] = [
    ['moved', { start: '2026-11-25T20:00:00.000Z' }],
    ['cancelled', { status: 'cancelled' }],
    ['only asked for', { status: 'pending' }],
    ['without an hour', { start: undefined }],
  ];
  it.each(CHANGED)('not on a visit that is %s', (_, changes) => {
    expect(written(withAna(['needs-action'], changes))).toBeUndefined();
    expect(stillFits(withAna(['needs-action'], changes), 'Patient/ana', yes)).toBe(false);
  });

  it('nobody else on it is touched', () => {
    const visit = withAna(['needs-action']);
    expect(confirmed(visit, 'Patient/ana', yes)?.participant.slice(1)).toEqual(visit.participant.slice(1));
  });
});
