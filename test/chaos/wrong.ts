import type { Database } from '../../sync/store/database.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import { type Chaos, isRace } from './history.ts';
import { play, type Run } from './stage.ts';

/** Everything that is wrong when these histories are played wildly, in sentences; compared with the quiet run. */
export async function wrongIn(database: Database, chaos: Chaos): Promise<string[]> {
  const score = { times: [] };
  // What an outage swallowed may rightly stay unsaid: then there is nothing to compare.
  const quiet = chaos.outage.of === 'nothing' ? await play(database, chaos, true, score) : undefined;
  const wild = await play(database, chaos, false, score);
  const broken = await firstBrokenSeal(database.sql);
  return [
    ...(quiet?.wrong ?? []).map(one => `even when all is quiet: ${one}`),
    ...wild.wrong,
    ...(broken === undefined ? [] : [`the journal is broken at ${broken}`]),
    ...(quiet ? differences(chaos, quiet, wild) : []),
  ];
}

const MINUTES_APART = 12;

function differences(chaos: Chaos, quiet: Run, wild: Run): string[] {
  const found: string[] = [];
  for (const when of ['soon', 'finally'] as const)
    quiet[when].forEach((calm, family) => {
      if (wild.delayed[family] || isRace(chaos.histories[family] ?? [])) return;
      const other = wild[when][family];
      const compare = (what: string, a: string[], b: string[] | undefined) => {
        if (JSON.stringify(a) !== JSON.stringify(b))
          found.push(
            `family ${family}, ${what} (${when}):\n    quiet: ${a.join('\n           ')}\n    wild:  ${b?.join('\n           ')}`,
          );
      };
      compare('texts', calm.texts, other?.texts);
      compare('open Tasks', calm.tasks, other?.tasks);
      compare(
        'pending',
        calm.pending.map(one => one.key),
        other?.pending.map(one => one.key),
      );
      calm.pending.forEach(({ key, sendAt }) => {
        const at = other?.pending.find(one => one.key === key)?.sendAt;
        if (at && Math.abs(Date.parse(at) - Date.parse(sendAt)) > MINUTES_APART * 60_000)
          found.push(`${key} is due ${sendAt} or ${at}`);
      });
    });
  return found;
}
