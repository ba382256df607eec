/** Where a command writes; tests give their own. */
export interface Out {
  line: (text?: string) => void;
  /** For progress and remarks that are not the answer. */
  aside: (text: string) => void;
}

export const terminal: Out = {
  line: (text = '') => console.log(text),
  aside: text => console.error(text),
};

/** `····0101`: enough to recognise, too little to call. */
export const masked = (address: string): string =>
  address.includes('@') ? `${address.slice(0, 1)}····@${address.split('@')[1]}` : `····${address.slice(-4)}`;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const counts = (record: Record<string, number>): string =>
  Object.entries(record)
    .sort(([, a], [, b]) => b - a)
    .map(([word, n]) => `${n} ${word}`)
    .join(', ');
