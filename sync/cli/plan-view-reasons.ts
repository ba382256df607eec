import { REASONS, type Reason } from '../domain/reasons.ts';
import { byText } from '../domain/time.ts';
import type { Fate } from './fate.ts';
import type { FileFinding } from './fhir-files.ts';
import { type PlannedPatient, silentVisits } from './planned-patient.ts';
import { type Out, placeName, some } from './print.ts';

/** By reason, and within it by the rules it silenced; what is switched off explains itself. */
export function showReasons(patients: PlannedPatient[], fates: Fate[], list: boolean, out: Out): void {
  const all = [...patients.flatMap(one => [...one.plan.notPlanned, ...silentVisits(one)]), ...fates.flatMap(keptBack)];
  const byReason = [...Map.groupBy(all, one => one.reason)].filter(([reason]) => reason !== 'rule-off');
  if (byReason.length > 0) out.line('\nNot sent, and why');
  for (const [reason, those] of byReason.sort(([, a], [, b]) => b.length - a.length)) {
    out.line(`  ${REASONS[reason]} (${reason})`);
    const byVisit = [...Map.groupBy(those, one => one.about)].map(([about, silenced]) => ({
      about,
      rules: [...new Set(silenced.map(one => one.rule ?? 'every rule'))].sort(byText).join(', '),
    }));
    for (const [rules, visits] of Map.groupBy(byVisit, one => one.rules))
      out.line(`    ${rules}: ${namesOf(visits, list)}`);
  }
}

/** Planned, and yet nobody will read it. */
function keptBack(fate: Fate): { about: string; rule?: string; reason: Reason }[] {
  if (!('cannot' in fate)) return [];
  const { batch, cannot: reason } = fate;
  return batch.flatMap(({ rule, patient, tells }) =>
    (tells.length > 0 ? tells.map(telling => telling.appointment) : [patient]).map(about => ({ about, rule, reason })),
  );
}

const namesOf = (visits: { about: string }[], list: boolean): string =>
  some(
    visits.map(one => one.about),
    list,
    4,
  );

/** What could not be used first: that is missing from everything above. */
export function showFindings(findings: FileFinding[], list: boolean, out: Out): void {
  const { unused = [], used = [] } = Object.groupBy(findings, one => (one.unused ? 'unused' : 'used'));
  showUnder('Could not be used', unused, list, out);
  showUnder('Used, and worth a look all the same', used, list, out);
}

/** One sentence holds for many records: said once, with the records and their files under it. */
function showUnder(heading: string, findings: FileFinding[], list: boolean, out: Out): void {
  if (findings.length > 0) out.line(`\n${heading}`);
  for (const [problem, those] of Map.groupBy(findings, one => one.problem)) {
    out.line(`  ${problem}`);
    const places = those.map(one => (one.about === one.file ? placeName(one) : `${one.about} in ${placeName(one)}`));
    const few = list ? places.length : 6;
    for (const place of places.slice(0, few)) out.line(`    ${place}`);
    if (places.length > few) out.line(`    and ${places.length - few} more (\`--list\` names them)`);
  }
}
