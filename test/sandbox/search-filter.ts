import {
  convertToSearchableDates,
  evalFhirPathTyped,
  type FhirPathAtom,
  type Filter,
  LRUCache,
  matchesSearchRequest,
  Operator,
  splitSearchOnComma,
  toPeriod,
  toTypedValue,
} from '@medplum/core';
import type { Period, Resource, SearchParameter } from '@medplum/fhirtypes';
import { searchParameter } from './definitions.ts';

const expressions = new LRUCache<FhirPathAtom>(100);
/** A stored version never changes, so its dates are read once: reading them is what makes a search slow. */
const readDates = new WeakMap<Resource, Map<string, Period[]>>();

/**
 * Picks the resources of `type` that pass every filter (AND), each of which may list values (OR).
 * Dates are looked at first, for they are cheap and leave little over. Filters must be supported ones.
 */
export function passing(type: string, filters: readonly Filter[]): (resource: Resource) => boolean {
  const tests = filters.map(filter => ({ byDate: dateTest(type, filter), filter }));
  const dates = tests.flatMap(({ byDate }) => byDate ?? []);
  const others = tests.filter(({ byDate }) => !byDate).map(({ filter }) => filter);
  return resource =>
    dates.every(test => test(resource)) &&
    matchesSearchRequest(resource, { resourceType: resource.resourceType, filters: others });
}

/**
 * Dates by the rules of R4 search (both sides are intervals of their own precision; no zone means UTC).
 * The matcher of @medplum/core takes both ends as open, so that `eq` on a full instant finds nothing.
 */
function dateTest(type: string, filter: Filter): ((resource: Resource) => boolean) | undefined {
  const parameter = searchParameter(type, filter.code);
  if (parameter?.type !== 'date' || filter.operator === Operator.MISSING) return undefined;
  const wanted = splitSearchOnComma(filter.value).map(value => toPeriod(value));
  return resource =>
    dateValues(resource, parameter).some(has =>
      wanted.some(want => want !== undefined && compare(has, filter.operator, want)),
    );
}

/**
 * Intervals in UTC instants with milliseconds; an open end is absent. A stored time of day to the second counts as that
 * very instant, as on the real servers: else `le2026-11-25T10:00:00.000Z` would miss what starts at 10:00:00.
 */
export function dateValues(resource: Resource, parameter: SearchParameter): Period[] {
  const read = readDates.get(resource) ?? new Map<string, Period[]>();
  readDates.set(resource, read);
  const values = read.get(parameter.code) ?? readValues(resource, parameter);
  read.set(parameter.code, values);
  return values;
}

function readValues(resource: Resource, parameter: SearchParameter): Period[] {
  const values = evalFhirPathTyped(parameter.expression ?? '', [toTypedValue(resource)], undefined, expressions);
  return convertToSearchableDates(values).map(({ start, end }) => {
    const isSecond = start !== undefined && end !== undefined && Date.parse(end) - Date.parse(start) === 999;
    return isSecond ? { start, end: start } : { start, end };
  });
}

function compare(has: Period, operator: Operator, want: Period): boolean {
  const [from, to] = [has.start ?? '0000', has.end ?? '9999'];
  const [wantFrom, wantTo] = [want.start ?? '0000', want.end ?? '9999'];
  const inside = from >= wantFrom && to <= wantTo;
  switch (operator) {
    case Operator.NOT_EQUALS:
      return !inside;
    case Operator.GREATER_THAN:
      return to > wantTo;
    case Operator.GREATER_THAN_OR_EQUALS:
      return to > wantTo || inside;
    case Operator.LESS_THAN:
      return from < wantFrom;
    case Operator.LESS_THAN_OR_EQUALS:
      return from < wantFrom || inside;
    case Operator.STARTS_AFTER:
      return from > wantTo;
    case Operator.ENDS_BEFORE:
      return to < wantFrom;
    case Operator.APPROXIMATELY:
      return from <= wantTo && to >= wantFrom;
    default:
      return inside;
  }
}
