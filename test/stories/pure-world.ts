import type { Instant } from '../../sync/domain/clock.ts';
import { addressesOf } from '../../sync/domain/facts/address.ts';
import { decide } from '../../sync/domain/inbound/decide.ts';
import { readReply } from '../../sync/domain/inbound/keywords.ts';
import { isClosed } from '../../sync/domain/inbound/prompt.ts';
import { readSituation } from '../../sync/domain/inbound/read-situation.ts';
import { compileReplies } from '../../sync/domain/inbound/reply-words.ts';
import { diff } from '../../sync/domain/plan/diff.ts';
import { permit } from '../../sync/domain/plan/permit.ts';
import { planFor } from '../../sync/domain/plan/plan-for.ts';
import { wordsOf } from '../../sync/domain/plan/words.ts';
import { byText, earliest, plus } from '../../sync/domain/time.ts';
import { apply } from '../support/apply.ts';
import { shippedPolicy } from '../support/policy.ts';
import { atTheDesk, openChart } from './pure-ehr.ts';
import {
  addressesAround,
  factsOf,
  mirrored,
  nameOf,
  openTables,
  patientsIn,
  type Row,
  type Tables,
} from './pure-tables.ts';
import type { Event, Noticed, OpenWorld, Story, World } from './story.ts';

/** The pure core, with tables in memory and a provider that does as it is told. */
export const openPureWorld: OpenWorld = async (people, before, now) => new PureWorld(people, before, now);

class PureWorld implements World {
  private readonly policy = shippedPolicy();
  private readonly tables: Tables;
  private readonly lookAgain = new Map<string, Instant>();
  private readonly questions = new Map<string, NonNullable<Parameters<typeof decide>[1]['question']>>();
  private readonly answers = new Map<string, { text: string; at: Instant }>();
  private log: Noticed[] = [];
  private phones: 'working' | 'failing' | 'silent' = 'working';
  private up = true;
  private now: Instant;

  constructor(people: Story['people'], before: Event[], now: Instant) {
    this.now = now;
    // Stored long before we came: an import is history.
    const then = plus(now, '-P30D');
    this.tables = openTables(openChart(people, then));
    for (const event of before) atTheDesk(this.tables.chart, event, then);
    this.look(true);
  }

  async advance(to: Instant): Promise<void> {
    for (let next = this.nextMoment(); this.up && next && next <= to; next = this.nextMoment()) {
      if (next > this.now) this.now = next;
      this.work();
    }
    this.now = to;
    if (this.up) this.work();
  }

  async happens(event: Event): Promise<void> {
    if ('service' in event) this.up = event.service === 'up';
    else if ('phones' in event) this.phones = event.phones;
    else if ('reply' in event) this.hear(event.reply.from, event.reply.says);
    else atTheDesk(this.tables.chart, event, this.now);
    if (!this.up) return;
    this.look(false);
    this.work();
  }

  async noticed(): Promise<Noticed[]> {
    return this.log.splice(0);
  }

  async why(rule: string, visit: string) {
    const about = `Appointment/${visit}`;
    for (const patient of this.patients()) {
      const row = this.rows(patient).find(
        one => one.rule === rule && one.tells.some(telling => telling.appointment === about),
      );
      const planned = planFor(factsOf(this.tables, this.now, patient), this.policy, this.now).notPlanned.find(
        one => one.rule === rule && one.about === about,
      );
      const reason = row?.state === 'planned' ? undefined : (row?.reason ?? planned?.reason);
      if (reason) return reason;
    }
    return undefined;
  }

  private patients = () => patientsIn(this.tables);
  private rows = (patient: string) => this.tables.messages.get(patient) ?? [];
  private all = () => this.patients().flatMap(this.rows);

  private nextMoment(): Instant | undefined {
    const due = this.all()
      .filter(row => row.state === 'planned')
      .map(row => row.dueAt ?? row.sendAt);
    return earliest(...due, ...this.lookAgain.values());
  }

  /** Mirrors what the chart says now, as `reconcile/mirror.ts` does. */
  private look(imported: boolean): void {
    for (const resource of this.tables.chart.resources.values()) {
      if (resource.resourceType !== 'Appointment') continue;
      const deleted = this.tables.chart.deleted.has(`Appointment/${resource.id}`);
      const held = this.tables.mirror.get(resource.id ?? '');
      this.tables.mirror.set(resource.id ?? '', mirrored(resource, deleted, held, this.now, imported));
    }
    for (const patient of this.patients()) this.reconcile(patient);
  }

  private work(): void {
    for (const [patient, at] of this.lookAgain) if (at <= this.now) this.reconcile(patient);
    const due = () => this.all().find(row => row.state === 'planned' && (row.dueAt ?? row.sendAt) <= this.now);
    for (let row = due(); row; row = due()) this.deliver(row.key);
  }

  private reconcile(patient: string): void {
    const facts = factsOf(this.tables, this.now, patient);
    const plan = planFor(facts, this.policy, this.now);
    const changes = diff(plan, facts, this.now);
    const after = apply(facts, changes);
    this.tables.messages.set(patient, after.messages);
    this.tables.tasks.set(patient, after.tasks);
    if (plan.lookAgainAt) this.lookAgain.set(patient, plan.lookAgainAt);
    else this.lookAgain.delete(patient);
    for (const change of changes) {
      if (change.act === 'open') this.log.push({ task: change.task.code, for: nameOf(patient) });
      const closed = change.act === 'close' && after.tasks.find(task => task.key === change.key);
      if (closed) this.log.push({ closed: closed.code, for: nameOf(patient) });
    }
  }

  /** The gate, as `reconcile/deliver.ts` has it. */
  private deliver(key: string): void {
    const find = () => this.all().find(row => row.key === key && row.state === 'planned');
    const before = find();
    if (before) this.reconcile(before.patient);
    const row = find();
    if (!row || (row.dueAt ?? row.sendAt) > this.now) return;
    const verdict = permit(row, this.sentTo(row.address), this.policy.clinic, this.now);
    if (verdict.verdict === 'hold') {
      this.change([row], { dueAt: verdict.until, reason: verdict.reason });
      return;
    }
    if (verdict.verdict === 'drop') {
      this.change([row], {
        state: verdict.reason === 'too-late' ? 'expired' : 'dropped',
        reason: verdict.reason,
      });
      return;
    }
    const batch = [row, ...this.joined(row)];
    const words = wordsOf(batch, this.policy, this.now, row.blanks ?? {});
    if ('cannot' in words) {
      this.change(batch, { state: 'dropped', reason: words.cannot });
      return;
    }
    const state = { working: 'sent', failing: 'failed', silent: 'unknown' } as const;
    if (this.phones === 'working') this.log.push({ text: row.text, to: this.ownerOf(row), body: words.body });
    this.change(batch, { state: state[this.phones], sentAt: this.now, batch: row.key });
  }

  private joined(row: Row): Row[] {
    const isNews = row.purpose === 'confirmation' || row.purpose === 'notice';
    const until = isNews ? this.now : plus(this.now, 'PT12H');
    return this.all()
      .filter(one => row.joinKey && one.joinKey === row.joinKey && one.key !== row.key && one.state === 'planned')
      .filter(one => (one.dueAt ?? one.sendAt) <= until && one.text === row.text && one.language === row.language)
      .sort((a, b) => byText(a.key, b.key));
  }

  private sentTo(address: string): Instant[] {
    const rows = this.all().filter(
      row => row.address === address && row.sentAt && row.state !== 'failed' && row.purpose !== 'answer',
    );
    return [...new Map(rows.map(row => [row.batch, row.sentAt as Instant])).values()].sort(byText);
  }

  private change(rows: Row[], changes: Partial<Row>): void {
    const keys = new Set(rows.map(row => row.key));
    for (const patient of new Set(rows.map(row => row.patient))) {
      this.tables.messages.set(
        patient,
        this.rows(patient).map(row => (keys.has(row.key) ? { ...row, ...changes } : row)),
      );
      this.reconcile(patient);
    }
  }

  /** What a patient writes, as `reconcile/answer.ts` takes it. */
  private hear(from: string, says: string): void {
    const address = this.addressOf(from);
    const patients = this.patients().filter(patient =>
      addressesAround(this.tables, this.now, patient).includes(address),
    );
    const known = patients.map(patient => ({
      ...factsOf(this.tables, this.now, patient),
      batches: new Map(this.rows(patient).flatMap(row => (row.batch ? [[row.key, row.batch] as const] : []))),
    }));
    const question = this.questions.get(address);
    const reading = readReply(
      says,
      compileReplies(this.policy.replies),
      question ? { openQuestion: { options: question.options.length } } : {},
    );
    const stopped = this.tables.optOuts.some(one => one.address === address);
    const answered = this.hasAnswered(address);
    const written = { address, medium: 'sms' as const, at: this.now };
    const remembered = { question, stopped, answered, chatty: false };
    const decision = decide(reading, readSituation(known, written, this.policy, this.now, remembered));
    if (decision.stop) this.tables.optOuts.push({ medium: 'sms', address, at: this.now, kind: decision.stop });
    if (decision.lift)
      this.tables.optOuts = this.tables.optOuts.filter(one => one.address !== address || one.kind !== 'opted-out');
    if (decision.ask) this.questions.set(address, decision.ask);
    else if (decision.replies.length > 0) this.questions.delete(address);
    for (const { patient, reply } of decision.replies)
      this.tables.replies.set(patient, [...(this.tables.replies.get(patient) ?? []), reply]);
    for (const patient of decision.patients)
      this.tables.heard.set(patient, [...(this.tables.heard.get(patient) ?? []), this.now]);
    if (decision.answer) this.answers.set(address, { text: decision.answer.text, at: this.now });
    if (decision.answer) this.log.push({ text: decision.answer.text, to: from, body: '' });
    for (const { code, patient } of decision.tasks)
      this.log.push({ task: code, for: patient ? nameOf(patient) : 'somebody' });
  }

  /** Nothing was written there since we answered. */
  private hasAnswered(address: string): boolean {
    const answer = this.answers.get(address);
    const isLater = (row: Row) => row.address === address && (row.sentAt ?? '') > (answer?.at ?? '');
    return answer !== undefined && !this.all().some(isLater) && isClosed({ purpose: 'answer', text: answer.text });
  }

  private addressOf(name: string): string {
    const [, child] = name.match(/^parent of (.+)$/) ?? [];
    const resource = this.tables.chart.resources.get(child ? `RelatedPerson/parent-of-${child}` : `Patient/${name}`);
    const telecom = resource && 'telecom' in resource ? (resource.telecom ?? []) : [];
    const found = addressesOf(telecom, 'US', this.now).find(one => one.medium !== 'phone');
    if (!found) throw new Error(`${name} has no address to write from.`);
    return found.address;
  }

  private ownerOf({ recipient, patient }: Row): string {
    return recipient.startsWith('RelatedPerson/') ? `parent of ${nameOf(patient)}` : nameOf(recipient);
  }
}
