import {
  evalFhirPathTyped,
  type Filter,
  Operator,
  parseSearchRequest,
  type SearchRequest,
  type SortRule,
  splitSearchOnComma,
  toPeriod,
  toTypedValue,
  type WithId,
} from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { searchParameter } from './definitions.ts';
import { refusal } from './outcome.ts';
import { dateValues, passing } from './search-filter.ts';
import type { VersionLog } from './version-log.ts';

type Live = WithId<Resource>;

/**
 * The request without what this server does not know. Throws 400 for an unknown parameter, as HAPI and Medplum do;
 * `lenient` drops it instead, as R4 allows and most certified EHRs do (standards.md §0.4).
 */
export function understand<T extends Resource>(request: SearchRequest<T>, lenient: boolean): SearchRequest<T> {
  const { resourceType, count, include, revInclude, total } = request;
  const refused = [...(request.filters ?? []), ...(request.sortRules ?? [])]
    .map(({ code }) => code)
    .filter(code => !isKnown(resourceType, code))
    .concat(results.filter(([field]) => request[field]).map(([, name]) => name));
  if (refused.length > 0 && !lenient) {
    throw refusal(400, 'not-supported', `Not supported in a search of ${resourceType}: ${refused.join(', ')}.`);
  }
  const filters = request.filters?.filter(({ code }) => isKnown(resourceType, code));
  const sortRules = request.sortRules?.filter(({ code }) => isKnown(resourceType, code));
  return { resourceType, count, include, revInclude, total, filters, sortRules };
}

/** Parameters that shape the result and that this server does not have. */
const results = [
  ['fields', '_elements'],
  ['summary', '_summary'],
  ['offset', '_offset'],
  ['cursor', '_cursor'],
  ['types', '_type'],
] as const;

function isKnown(type: string, code: string): boolean {
  const chain = readChain(type, code);
  if (chain) return isKnown(chain.target, chain.rest);
  return searchParameter(type, code) !== undefined;
}

/** `patient.identifier` or `patient:Patient.identifier`; undefined when `code` is not chained or its target is unclear. */
function readChain(type: string, code: string): { link: string; target: string; rest: string } | undefined {
  const dot = code.indexOf('.');
  if (dot < 0) return undefined;
  const [link = '', named] = code.slice(0, dot).split(':');
  const targets = searchParameter(type, link)?.target ?? [];
  const target = named ?? (targets.length === 1 ? targets[0] : undefined);
  return target ? { link, target, rest: code.slice(dot + 1) } : undefined;
}

/** All living matches, sorted when asked, else in the order of their creation. Expects an understood request. */
export function findMatches(log: VersionLog, request: SearchRequest): Live[] {
  const type = request.resourceType;
  const filters = (request.filters ?? []).map(filter => withType(type, unchain(log, type, filter)));
  const found = candidates(log, type, filters).filter(passing(type, filters));
  return sorted(found, request.sortRules ?? []);
}

/** A chained filter becomes a plain one on the references of the targets that match. */
function unchain(log: VersionLog, type: string, filter: Filter): Filter {
  const chain = readChain(type, filter.code);
  if (!chain) return filter;
  const targets = findMatches(log, parseSearchRequest(chain.target, { [chain.rest]: filter.value }));
  const value = targets.map(({ id }) => `${chain.target}/${id}`).join(',');
  return { code: chain.link, operator: Operator.EQUALS, value: value || `${chain.target}/-` };
}

/** `patient=7` means `patient=Patient/7` even where the parameter also allows a Group. */
function withType(type: string, filter: Filter): Filter {
  const parameter = searchParameter(type, filter.code);
  if (parameter?.type !== 'reference' || filter.operator === Operator.MISSING) return filter;
  const target =
    filter.code === 'patient' ? 'Patient' : parameter.target?.length === 1 ? parameter.target[0] : undefined;
  if (!target) return filter;
  const values = splitSearchOnComma(filter.value).map(value => (value.includes('/') ? value : `${target}/${value}`));
  return { ...filter, value: values.join(',') };
}

/** The fewest resources that an index proves to be enough to look at. */
function candidates(log: VersionLog, type: string, filters: readonly Filter[]): Live[] {
  const live = log.live(type);
  const lists = filters.flatMap(filter => {
    const parameter = searchParameter(type, filter.code);
    const values = splitSearchOnComma(filter.value);
    if (filter.code === '_lastUpdated') return changedSince(log, type, filter);
    if (filter.operator !== Operator.EQUALS) return [];
    if (filter.code === '_id') return [values.map(id => live.get(id)).filter(resource => resource !== undefined)];
    if (parameter?.type === 'reference') return [live.referringTo(values)];
    const identifiers = values.map(value => value.split('|').at(-1) ?? '');
    return filter.code === 'identifier' && identifiers.every(Boolean) ? [live.identifiedBy(identifiers)] : [];
  });
  return lists.sort((a, b) => a.length - b.length)[0] ?? [...live.all()];
}

function changedSince(log: VersionLog, type: string, filter: Filter): Live[][] {
  const lower: Operator[] = [
    Operator.GREATER_THAN,
    Operator.GREATER_THAN_OR_EQUALS,
    Operator.STARTS_AFTER,
    Operator.EQUALS,
  ];
  const start = toPeriod(filter.value)?.start;
  if (!lower.includes(filter.operator) || !start) return [];
  const versions = log.ofTypeSince(type, start).filter(version => log.latest(type, version.id) === version);
  return [versions.map(version => version.resource).filter(resource => resource !== undefined)];
}

function sorted(found: Live[], rules: readonly SortRule[]): Live[] {
  if (rules.length === 0) return found;
  const rows = found.map(resource => ({ resource, keys: rules.map(rule => sortKey(resource, rule.code)) }));
  rows.sort((a, b) => {
    for (const [index, rule] of rules.entries()) {
      const order = compareKeys(a.keys[index], b.keys[index], rule.descending === true);
      if (order !== 0) return order;
    }
    return 0;
  });
  return rows.map(({ resource }) => resource);
}

/** Resources without a value come last in either direction. */
function compareKeys(a: string | undefined, b: string | undefined, descending: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b === descending ? 1 : -1;
}

function sortKey(resource: Live, code: string): string | undefined {
  if (code === '_lastUpdated') return resource.meta?.lastUpdated;
  const parameter = searchParameter(resource.resourceType, code);
  if (!parameter) return undefined;
  if (parameter.type === 'date') return dateValues(resource, parameter)[0]?.start;
  const value = evalFhirPathTyped(parameter.expression ?? '', [toTypedValue(resource)])[0]?.value;
  return value === undefined ? undefined : JSON.stringify(value).toLowerCase();
}
