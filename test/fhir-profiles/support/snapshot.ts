import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

type Find = (typeOrUrl: string) => StructureDefinition;

/**
 * The snapshot of a profile: the elements of its base with the differential laid over them. Written for the
 * profiles of this project: slices of backbone elements and profiles on profiles are refused, not guessed.
 * Throws when the differential names what the base does not have, or allows what the base forbids.
 */
export function snapshotOf(profile: StructureDefinition, find: Find): ElementDefinition[] {
  const base = find(profile.baseDefinition ?? '');
  const elements = (base.snapshot?.element ?? []).map(plain);
  for (const change of profile.differential?.element ?? []) {
    const at = placeOf(elements, idOf(change), find);
    elements[at] = merge(elements[at] as ElementDefinition, change);
  }
  return elements;
}

/** Where the element stands; it is made when it is a slice, or lies inside a data type that is not unfolded yet. */
function placeOf(elements: ElementDefinition[], id: string, find: Find): number {
  const known = elements.findIndex(element => element.id === id);
  if (known >= 0) return known;
  const parent = id.slice(0, id.lastIndexOf('.'));
  const last = id.slice(parent.length);
  const made = last.includes(':') ? addSlice(elements, id) : unfold(elements, parent, find);
  const at = made ? elements.findIndex(element => element.id === id) : -1;
  if (at < 0) throw new Error(`${id} is not an element of the base.`);
  return at;
}

function addSlice(elements: ElementDefinition[], id: string): boolean {
  const sliced = id.slice(0, id.lastIndexOf(':'));
  const whole = elements.find(element => element.id === sliced);
  if (!whole?.slicing) throw new Error(`${id} is a slice of an element that is not sliced.`);
  if (elements.some(element => element.id?.startsWith(`${sliced}.`)))
    throw new Error(`${id} is a slice of an element with children, which is not supported.`);
  const { slicing: _, ...each } = whole;
  const last = elements.findLastIndex(element => element.id === sliced || element.id?.startsWith(`${sliced}:`));
  elements.splice(last + 1, 0, { ...each, id, min: 0 });
  return true;
}

/** Puts the elements of the parent's data type below it. */
function unfold(elements: ElementDefinition[], parent: string, find: Find): boolean {
  const at = elements.findIndex(element => element.id === parent);
  const type = elements[at]?.type?.[0]?.code;
  if (!type || elements.some(element => element.id?.startsWith(`${parent}.`))) return false;
  const path = elements[at]?.path ?? '';
  const inner = (find(type).snapshot?.element ?? []).slice(1).map(plain);
  const moved = inner.map(element => ({
    ...element,
    id: parent + idOf(element).slice(type.length),
    path: path + (element.path ?? '').slice(type.length),
  }));
  elements.splice(at + 1, 0, ...moved);
  return true;
}

function merge(base: ElementDefinition, change: ElementDefinition): ElementDefinition {
  const max = (element: ElementDefinition) => (element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max));
  if ((change.min ?? base.min ?? 0) < (base.min ?? 0)) throw new Error(`${base.id} allows fewer than its base.`);
  if (change.max !== undefined && max(change) > max(base)) throw new Error(`${base.id} allows more than its base.`);
  const constraint = [...(base.constraint ?? []), ...(change.constraint ?? [])];
  return { ...base, ...change, ...(constraint.length > 0 ? { constraint } : {}) };
}

/** Mappings to other standards are left out: a profile would have to declare each of them again. */
const plain = ({ mapping: _, ...element }: ElementDefinition): ElementDefinition => element;

const idOf = (element: ElementDefinition): string => element.id ?? element.path ?? '';
