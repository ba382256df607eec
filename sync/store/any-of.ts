import { sql as raw } from 'kysely';

/** `where('id', '=', anyOf(ids))`: one parameter for a whole page, where `in` takes one each and ends at 65,535. */
export const anyOf = (values: string[]) => raw<string>`any(${values}::text[])`;
