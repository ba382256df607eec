import { expect, it } from 'vitest';
import { checkEarlierVisits, checkRosters } from '../../sync/cli/doctor-hearing.ts';
import { openReport } from '../../sync/cli/doctor-report.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import type { Feed } from '../../sync/fhir/strategy.ts';
import type { Strategies } from '../../sync/reconcile/poll.ts';
import { policyOf, ruleOf } from '../support/policy.ts';
import { listener } from './hears.ts';

const hearingBy = (feed: Feed): { strategies: Strategies } => ({
  strategies: { Appointment: { push: 'none', topics: [], feed, deletes: 'none', why: [] } },
});
const forNew = { newPatient: true };
const inRule = ruleOf({ id: 'in-rule', trigger: 'visit-upcoming', if: forNew });
const plain = ruleOf({ id: 'plain', trigger: 'visit-upcoming' });
const inStep = { ...plain, id: 'in-step', steps: plain.steps.map(step => ({ ...step, if: forNew })) };
const off = { ...inRule, id: 'off', active: false };

const CASES: [feed: Feed, policy: Policy, sentence: RegExp | undefined][] = [
  ['type-history', policyOf(inRule), undefined],
  ['last-updated', policyOf(inRule), undefined],
  ['none', policyOf(inRule), undefined],
  [
    'date-window',
    policyOf(inRule, inStep, plain, off),
    /^warn .*feed date-window.*newPatient: in-rule, in-step\.\n {6}→ Let them ask for visitTypes/,
  ],
  ['by-practitioner', policyOf(inRule), /^warn .*newPatient: in-rule\./],
  ['by-patient', policyOf(inStep), /^warn .*newPatient: in-step\./],
  ['by-patient', policyOf(plain, off), /^ok .*No active rule asks for newPatient.*visitTypes\.$/],
];
it.each(CASES)('tells what %s hides of earlier visits', (feed, policy, sentence) => {
  const out = listener();
  checkEarlierVisits(hearingBy(feed), policy, openReport(out));
  if (sentence) expect(out.text()).toMatch(sentence);
  else expect(out.text()).toBe('');
});

it.each([
  [[], /^warn .*no visit is seen\.\n {6}→ Name them in EHR_PRACTITIONERS/],
  [['Practitioner/1'], /^$/],
] as [string[], RegExp][])('asks whom to ask about, when %j are named', (practitioners, sentence) => {
  const out = listener();
  checkRosters({ ...hearingBy('by-practitioner'), practitioners }, openReport(out));
  expect(out.text()).toMatch(sentence);
});
