import type { Instant } from '../../sync/domain/clock.ts';
import { addressesOf } from '../../sync/domain/facts/address.ts';
import { ANSWERING } from '../../sync/domain/plan/diff.ts';
import type { Reason } from '../../sync/domain/reasons.ts';
import { plus } from '../../sync/domain/time.ts';
import { explain } from '../../sync/reconcile/explain.ts';
import type { Database } from '../../sync/store/database.ts';
import { messagesByKey } from '../../sync/store/find-messages.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { tasksByKey } from '../../sync/store/task.ts';
import type { SandboxEhr } from '../sandbox/ehr.ts';
import { openWhole, type Whole } from '../support/whole.ts';
import { atTheDesk, type Chart, openChart } from './pure-ehr.ts';
import type { Event, Noticed, OpenWorld, World } from './story.ts';

/** The whole service: a real EHR over HTTP, a real database, hooks, phones. `opened` hears of each, to close it. */
export const wholeWorldOn =
  (database: Database, opened: (whole: Whole) => void): OpenWorld =>
  async (people, before, now) => {
    const then = plus(now, '-P30D');
    const chart = openChart(people, then);
    for (const event of before) atTheDesk(chart, event, then);
    const files = new Files(chart);
    const whole = await openWhole({
      at: then,
      database,
      async before(ehr, jump) {
        await files.copyTo(ehr);
        jump('P30D');
      },
    });
    opened(whole);
    return new WholeWorld(whole, files);
  };

/** Carries what the story's desk wrote into the EHR. */
class Files {
  readonly chart: Chart;
  private readonly copied = new Map<string, string>();

  constructor(chart: Chart) {
    this.chart = chart;
  }

  async copyTo({ store }: SandboxEhr): Promise<void> {
    for (const [reference, resource] of this.chart.resources) {
      const { versionId: _, lastUpdated: __, ...meta } = resource.meta ?? {};
      const content = JSON.stringify({ ...resource, meta });
      if (this.copied.get(reference) === content) continue;
      this.copied.set(reference, content);
      await store.update(JSON.parse(content));
    }
    for (const reference of this.chart.deleted)
      if (this.copied.delete(reference)) await store.delete('Appointment', reference.slice('Appointment/'.length));
  }
}

class WholeWorld implements World {
  private readonly whole: Whole;
  private readonly files: Files;
  private readonly writers: string[] = [];
  private up = true;
  private seen = 0;

  constructor(whole: Whole, files: Files) {
    this.whole = whole;
    this.files = files;
  }

  async advance(to: Instant): Promise<void> {
    const duration = `PT${(Date.parse(to) - Date.parse(this.whole.now())) / 1000}S`;
    if (to <= this.whole.now()) return;
    if (this.up) await this.whole.advance(duration);
    else this.whole.jump(duration);
  }

  async happens(event: Event): Promise<void> {
    if ('service' in event) this.up = event.service === 'up';
    else if ('phones' in event)
      this.whole.phones.send = ({ working: 'works', failing: 'refuses', silent: 'silent-lost' } as const)[event.phones];
    else if ('reply' in event) {
      this.writers.push(event.reply.from);
      await this.whole.says(this.addressOf(event.reply.from), event.reply.says);
    } else {
      atTheDesk(this.files.chart, event, this.whole.now());
      await this.files.copyTo(this.whole.ehr);
    }
    if (this.up) await this.whole.settle();
  }

  /** As the journal has it: what was handed over, what was answered, which Tasks opened and closed. */
  async noticed(): Promise<Noticed[]> {
    const { sql } = this.whole.database;
    const entries = await sql.selectFrom('journal').selectAll().where('seq', '>', this.seen).orderBy('seq').execute();
    this.seen = entries.at(-1)?.seq ?? this.seen;
    const found: Noticed[] = [];
    for (const { what, key, detail } of entries) {
      if (what === 'claim' && key) found.push(...(await this.text(key, String(detail.batch))));
      if (what === 'answer') found.push(...this.answered(detail));
      const [task] = what === 'open' || what === 'close' ? await tasksByKey(sql, [key ?? '']) : [];
      if (task) found.push({ [what === 'open' ? 'task' : 'closed']: task.code, for: nameOf(task.patient) } as Noticed);
    }
    return found;
  }

  async why(rule: string, visit: string): Promise<Reason | undefined> {
    const explanation = await explain(this.whole.service, `Appointment/${visit}`);
    for (const { messages, notPlanned } of explanation?.patients ?? []) {
      const row = messages.find(one => one.rule === rule);
      const reason =
        row?.state === 'planned' ? undefined : (row?.reason ?? notPlanned.find(one => one.rule === rule)?.reason);
      if (reason) return reason;
    }
    return undefined;
  }

  /** One for a batch, and none for what never reached the phone. */
  private async text(key: string, batch: string): Promise<Noticed[]> {
    const [row] = await messagesByKey(this.whole.database.sql, [key]);
    const received = (await this.whole.texts()).find(text => text.reference === batch);
    if (!row || !received || row.id !== batch || row.rule === ANSWERING) return [];
    return [{ text: row.text, to: this.ownerOf(row), body: received.body }];
  }

  private answered({ text }: Record<string, unknown>): Noticed[] {
    const to = this.writers.shift() ?? '';
    return typeof text === 'string' ? [{ text, to, body: '' }] : [];
  }

  private addressOf(name: string): string {
    const [, child] = name.match(/^parent of (.+)$/) ?? [];
    const resource = this.files.chart.resources.get(child ? `RelatedPerson/parent-of-${child}` : `Patient/${name}`);
    const telecom = resource && 'telecom' in resource ? (resource.telecom ?? []) : [];
    const found = addressesOf(telecom, 'US', this.whole.now()).find(one => one.medium !== 'phone');
    if (!found) throw new Error(`${name} has no address to write from.`);
    return found.address;
  }

  private ownerOf = ({ recipient, patient }: MessageRow): string =>
    recipient.startsWith('RelatedPerson/') ? `parent of ${nameOf(patient)}` : nameOf(recipient);
}

/** A Task about several people, or an unknown one, is for nobody by name. */
const nameOf = (reference: string) => reference.replace(/^\w+\//, '') || 'somebody';
