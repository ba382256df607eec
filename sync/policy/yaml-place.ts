import { isCollection, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

/** Where the eye should go: the scalar that is wrong, else the key it stands behind, else what should have held it. */
export function offsetOf(root: Node, path: readonly PropertyKey[], aboutKey: boolean): number {
  let node: Node = root;
  let offset = 0;
  for (const [i, part] of path.entries()) {
    const { key, value } = childOf(node, part);
    if (!key && !value) return offset;
    offset = (key ?? value)!.range?.[0] ?? offset;
    if (i === path.length - 1 && !aboutKey && value && !isCollection(value)) return value.range?.[0] ?? offset;
    if (!value) return offset;
    node = value;
  }
  return offset;
}

function childOf(node: Node, part: PropertyKey): { key?: Node; value?: Node } {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return isNode(item) ? { value: item } : {};
  }
  const pair = isMap(node) ? node.items.find(item => isScalar(item.key) && item.key.value === part) : undefined;
  return { key: isNode(pair?.key) ? pair.key : undefined, value: isNode(pair?.value) ? pair.value : undefined };
}
