import { expect, it } from 'vitest';
import { factsOf } from '../../sync/store/facts.ts';
import { lift, markBad, stop } from '../../sync/store/opt-out.ts';
import { putAddresses } from '../../sync/store/patient.ts';
import { onEveryEngine } from '../support/engines.ts';

const NOW = '2026-11-23T16:00:00.000Z';
const [ANA, BEN, CLEO] = ['Patient/ana', 'Patient/ben', 'Patient/cleo'];
const [HOME, WORK, MAIL] = ['+13125550101', '+13125550102', 'ana@example.org'];

onEveryEngine(engine => {
  it('knows of each address of a household who else uses it, what it has stopped, and whether it works', async () => {
    await putAddresses(engine.sql, [
      { patient: ANA, person: ANA, addresses: [HOME, WORK, MAIL] },
      { patient: ANA, person: 'RelatedPerson/mother', addresses: [HOME] },
      { patient: BEN, person: BEN, addresses: [HOME] },
      { patient: BEN, person: 'RelatedPerson/mother', addresses: [HOME] },
      { patient: CLEO, person: CLEO, addresses: [HOME, '+13125550199'] },
    ]);
    const one = { at: NOW, source: 'inbound/1' };
    await stop(engine.sql, { ...one, address: HOME, medium: 'sms', kind: 'opted-out' });
    await stop(engine.sql, { ...one, address: HOME, medium: 'sms', kind: 'wrong-number' });
    await stop(engine.sql, { ...one, address: MAIL, medium: 'email', kind: 'opted-out' });
    await lift(engine.sql, MAIL, 'email', NOW);
    await stop(engine.sql, { ...one, address: '+13125550199', medium: 'sms', kind: 'opted-out' });
    await markBad(engine.sql, WORK, 'address-invalid', NOW);
    await markBad(engine.sql, '+13125550199', 'address-invalid', NOW);

    const { sharedAddresses, badAddresses, optOuts } = await factsOf(engine.sql, ANA);
    expect(sharedAddresses).toEqual({ [HOME]: [BEN, CLEO] });
    expect(badAddresses).toEqual({ [WORK]: 'address-invalid' });
    expect(optOuts).toHaveLength(2);
    expect(optOuts).toEqual(
      expect.arrayContaining([
        { address: HOME, medium: 'sms', kind: 'opted-out', at: NOW },
        { address: HOME, medium: 'sms', kind: 'wrong-number', at: NOW },
      ]),
    );
  });

  it('knows nothing of the addresses of somebody who has none', async () => {
    const nothing = { sharedAddresses: {}, badAddresses: {}, optOuts: [] };
    expect(await factsOf(engine.sql, 'Patient/nobody')).toMatchObject(nothing);
  });
});
