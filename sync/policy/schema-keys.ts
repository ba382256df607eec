import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** The keys a schema allows at a path, to suggest one to somebody who mistyped it. All branches of a union count. */
export function allowedKeys(schema: Schema, path: readonly PropertyKey[]): string[] {
  const [head, ...rest] = path;
  const inside = open(schema);
  if (head === undefined) return [...new Set(inside.flatMap(keysOf))];
  return [...new Set(inside.flatMap(s => stepsInto(s, head)).flatMap(s => allowedKeys(s, rest)))];
}

/** Without the wrappers (optional, default, refinement …), and every option of a union. */
function open(schema: Schema): Schema[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return open(def.innerType);
    case 'union':
      return def.options.flatMap(option => open(option));
    case 'intersection':
      return [...open(def.left), ...open(def.right)];
    case 'pipe':
      return open(def.in);
    case 'lazy':
      return open(def.getter());
    default:
      return [schema];
  }
}

function keysOf(schema: Schema): string[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'object') return Object.keys(def.shape);
  return def.type === 'record' ? [...(def.keyType._zod.values ?? [])].map(String) : [];
}

function stepsInto(schema: Schema, part: PropertyKey): Schema[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'object') return [def.shape[String(part)] ?? []].flat();
  if (def.type === 'record') return [def.valueType];
  if (def.type === 'array') return [def.element];
  if (def.type === 'tuple') return [def.items[Number(part)] ?? []].flat();
  return [];
}
