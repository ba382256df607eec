import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { reconcile } from '../reconcile/loop.ts';
import { activate, policyCause, proposePolicy } from '../reconcile/policy-in-force.ts';
import { poll } from '../reconcile/poll.ts';
import { rebuild } from '../reconcile/rebuild.ts';
import { release } from '../reconcile/release.ts';
import type { Service } from '../reconcile/service.ts';
import { drain } from '../reconcile/sweep.ts';
import { openBrakes } from '../store/brake.ts';
import { resumeChannels, setPaused } from '../store/control.ts';
import type { Database } from '../store/database.ts';
import { record } from '../store/journal.ts';
import { allPatients } from '../store/patient.ts';
import { inTransaction } from '../store/transaction.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { withDatabase, withService } from './open.ts';
import { policyOf } from './policy-of.ts';
import { counts, type Out, plural } from './print.ts';

export const runMigrate = (out: Out): Promise<void> =>
  withDatabase(async ({ kind }) => out.line(`The schema is up to date (${kind}).`));

export const runSweep = (out: Out): Promise<void> => withService(service => sweepOnce(service, out));

export const runRebuild = (out: Out): Promise<void> =>
  withService(service => rebuildAll(service, out), { mustExist: true });

export const runPause = (paused: boolean, out: Out): Promise<void> =>
  withDatabase(database => pause(database, paused, out), { mustExist: true });

export async function runRelease(brake: string, out: Out): Promise<void> {
  if (brake !== 'all' && !/^\d+$/.test(brake))
    throw new Failure(`\`${brake}\` is no brake; see \`brakes\`.`, EXIT.usage);
  await withService(service => letGo(service, brake, out), { mustExist: true });
}

export async function letGo(service: Service, brake: string, out: Out): Promise<void> {
  const { sql } = service.database;
  const proposed = policyOf(readConfig());
  await proposePolicy(service, proposed, 'release');
  const open = await openBrakes(sql);
  if (brake === 'all' && open.length === 0) return out.line('No brake is on.');
  const chosen = brake === 'all' ? open : open.filter(one => String(one.id) === brake);
  if (chosen.length === 0) throw new Failure(`Brake ${brake} is not on; \`brakes\` shows those that are.`);
  let patients = 0;
  for (const { id, cause } of chosen) {
    // This one holds no patients but the rules themselves.
    if (cause === policyCause(proposed.version)) {
      await activate(service, proposed, 'operator');
      await service.refreshPolicy();
      out.line(`Version ${proposed.version} of the rules is in force.`);
      for (const patient of await allPatients(sql)) {
        await reconcile(service, patient);
        patients += 1;
      }
    } else patients += await release(service, id, 'operator');
  }
  out.line(`${plural(patients, 'patient')} planned.`);
}

export async function sweepOnce(service: Service, out: Out): Promise<void> {
  const { policy, version } = policyOf(readConfig());
  await proposePolicy(service, { policy, version }, 'sweep');
  const seen = await poll(service, { progress: (type, n) => out.aside(`  ${type}: ${n}`) });
  await drain(service);
  out.line(`The EHR was read: ${counts(seen)}.`);
  await sayBrakes(service);
}

export async function rebuildAll(service: Service, out: Out): Promise<void> {
  const { read, gone } = await rebuild(service, 'operator', (type, n) => out.aside(`  ${type}: ${n}`));
  out.line(`${plural(read, 'record')} read anew; ${gone} of those known are gone from the EHR.`);
  await sayBrakes(service);
}

async function sayBrakes({ database }: Service): Promise<void> {
  const held = await openBrakes(database.sql);
  if (held.length > 0) throw new Failure(`${plural(held.length, 'brake')} on; see \`brakes\`.`, EXIT.attention);
}

export async function pause({ sql }: Database, paused: boolean, out: Out): Promise<void> {
  const at = systemClock();
  await inTransaction(sql, async trx => {
    await setPaused(trx, paused, 'operator', at);
    if (!paused) await resumeChannels(trx);
    await record(trx, [{ at, who: 'operator', what: paused ? 'pause' : 'resume' }]);
  });
  out.line(paused ? 'Sending is paused.' : 'Sending goes on.');
}
