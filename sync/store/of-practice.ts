import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  type DeleteQueryNode,
  IdentifierNode,
  type InsertQueryNode,
  type JoinNode,
  type KyselyPlugin,
  type OnConflictNode,
  OnNode,
  type OperationNode,
  OperationNodeTransformer,
  OperatorNode,
  PrimitiveValueListNode,
  ReferenceNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  type UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  WhereNode,
} from 'kysely';

/** The one table that belongs to nobody: which migrations the database has seen. */
const SHARED = 'migration';
const PRACTICE = 'practice';

/**
 * Every statement is about one practice. Written here once, so that no query can forget it: several practices share a
 * database without seeing one another, and the column is the distribution key when one server no longer carries them
 * (`docs/growth.md`). Statements written as raw SQL are not seen; none may name a table (`test/store/of-practice.test.ts`).
 */
export function ofPractice(practice: string): KyselyPlugin {
  const transformer = new OfPractice(practice);
  return {
    transformQuery: ({ node, queryId }) => transformer.transformNode(node, queryId),
    // Whoever asks for all columns gets those they know of.
    transformResult: async ({ result }) => ({ ...result, rows: result.rows.map(without) }),
  };
}

class OfPractice extends OperationNodeTransformer {
  readonly #practice: string;

  constructor(practice: string) {
    super();
    this.#practice = practice;
  }

  protected override transformSelectQuery(...given: Parameters<OperationNodeTransformer['transformSelectQuery']>) {
    const node = super.transformSelectQuery(...given);
    return { ...node, where: this.#where(node.where, node.from?.froms ?? []) } satisfies SelectQueryNode;
  }

  protected override transformUpdateQuery(...given: Parameters<OperationNodeTransformer['transformUpdateQuery']>) {
    const node = super.transformUpdateQuery(...given);
    const tables = [...(node.table ? [node.table] : []), ...(node.from?.froms ?? [])];
    return { ...node, where: this.#where(node.where, tables) } satisfies UpdateQueryNode;
  }

  protected override transformDeleteQuery(...given: Parameters<OperationNodeTransformer['transformDeleteQuery']>) {
    const node = super.transformDeleteQuery(...given);
    return { ...node, where: this.#where(node.where, node.from.froms) } satisfies DeleteQueryNode;
  }

  /** In the join itself: behind an outer join a condition would drop the rows that have no partner. */
  protected override transformJoin(...given: Parameters<OperationNodeTransformer['transformJoin']>) {
    const node = super.transformJoin(...given);
    const theirs = this.#isOurs(node.table);
    if (!theirs) return node;
    return { ...node, on: OnNode.create(node.on ? AndNode.create(theirs, node.on.on) : theirs) } satisfies JoinNode;
  }

  protected override transformInsertQuery(...given: Parameters<OperationNodeTransformer['transformInsertQuery']>) {
    const node = super.transformInsertQuery(...given);
    if (!node.into || nameOf(node.into) === SHARED) return node;
    return {
      ...node,
      columns: [...(node.columns ?? []), ColumnNode.create(PRACTICE)],
      values: this.#values(node.values),
      onConflict: node.onConflict && ofOnePractice(node.onConflict),
    } satisfies InsertQueryNode;
  }

  #values(values: OperationNode | undefined): OperationNode {
    const value = ValueNode.create(this.#practice);
    if (values && SelectQueryNode.is(values)) {
      const column = SelectionNode.create(AliasNode.create(value, IdentifierNode.create(PRACTICE)));
      const selected: SelectQueryNode = { ...values, selections: [...(values.selections ?? []), column] };
      return selected;
    }
    if (!values || !ValuesNode.is(values)) throw new Error('Rows are inserted as values or as a selection.');
    return ValuesNode.create(
      values.values.map(row =>
        PrimitiveValueListNode.is(row)
          ? PrimitiveValueListNode.create([...row.values, this.#practice])
          : ValueListNode.create([...row.values, value]),
      ),
    );
  }

  #where(where: WhereNode | undefined, tables: readonly OperationNode[]): WhereNode | undefined {
    return tables.reduce<WhereNode | undefined>((so, table) => {
      const ours = this.#isOurs(table);
      if (!ours) return so;
      return WhereNode.create(so ? AndNode.create(ours, so.where) : ours);
    }, where);
  }

  /** `"message"."practice" = $1`; nothing for what is no table of a practice: a function's rows, or the shared one. */
  #isOurs(table: OperationNode): OperationNode | undefined {
    const name = nameOf(table);
    if (name === undefined || name === SHARED) return undefined;
    const column = ReferenceNode.create(ColumnNode.create(PRACTICE), TableNode.create(name));
    return BinaryOperationNode.create(column, OperatorNode.create('='), ValueNode.create(this.#practice));
  }
}

const without = ({ [PRACTICE]: _, ...row }: Record<string, unknown>) => row;

/** By what the statement calls it: `its` in `inbound as its`. */
function nameOf(node: OperationNode): string | undefined {
  if (TableNode.is(node)) return node.table.identifier.name;
  if (!AliasNode.is(node) || !TableNode.is(node.node)) return undefined;
  return IdentifierNode.is(node.alias) ? node.alias.name : undefined;
}

const ofOnePractice = (conflict: OnConflictNode): OnConflictNode =>
  conflict.columns ? { ...conflict, columns: [ColumnNode.create(PRACTICE), ...conflict.columns] } : conflict;
