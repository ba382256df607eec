import {
  convertToSearchableDates,
  evalFhirPathTyped,
  type Filter,
  matchesSearchRequest,
  Operator,
  splitSearchOnComma,
  toPeriod,
  toTypedValue,
} from '@medplum/core';
import type { Period, Resource, SearchParameter } from '@medplum/fhirtypes';
import { searchParameter } from './definitions.ts';

/** True if `resource` passes every filter (AND), each of which may list values (OR). Filters must be supported ones. */
export function passes(resource: Resource, filters: readonly Filter[]): boolean {
  return filters.every(filter => {
    const parameter = searchParameter(resource.resourceType, filter.code);
    return parameter?.type === 'date' && filter.operator !== Operator.MISSING
      ? passesDate(resource, parameter, filter)
      : matchesSearchRequest(resource, { resourceType: resource.resourceType, filters: [filter] });
  });
}

/**
 * Dates by the rules of R4 search (both sides are intervals of their own precision; no zone means UTC).
 * The matcher of @medplum/core takes both ends as open, so that `eq` on a full instant finds nothing.
 */
function passesDate(resource: Resource, parameter: SearchParameter, filter: Filter): boolean {
  const wanted = splitSearchOnComma(filter.value).map(value => toPeriod(value));
  return dateValues(resource, parameter).some(has =>
    wanted.some(want => want !== undefined && compare(has, filter.operator, want)),
  );
}

/**
 * Intervals in UTC instants with milliseconds; an open end is absent. A stored time of day to the second counts as that
 * very instant, as on the real servers: else `le2026-11-25T10:00:00.000Z` would miss what starts at 10:00:00.
 */
export function dateValues(resource: Resource, parameter: SearchParameter): Period[] {
  const values = evalFhirPathTyped(parameter.expression ?? '', [toTypedValue(resource)]);
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
