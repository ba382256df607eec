import type { PhoneEntry, PhoneStore } from '../../sync/channels/phone/store.ts';

/** The phone's messages in an array, for tests of the channel and the page. */
export class PhoneMemory implements PhoneStore {
  readonly entries: PhoneEntry[] = [];

  async add(entry: PhoneEntry): Promise<void> {
    this.entries.push(entry);
  }

  async list({ address, limit }: { address?: string; limit: number }): Promise<PhoneEntry[]> {
    return this.entries
      .filter(entry => address === undefined || entry.from === address || entry.to === address)
      .slice(-limit);
  }

  async byReference(reference: string): Promise<PhoneEntry[]> {
    return this.entries.filter(entry => entry.reference === reference);
  }
}
