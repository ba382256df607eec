import { type VendorProfile, vendorProfileSchema } from '../../../sync/fhir/profile.ts';
import { loadFolder } from '../../../sync/policy/load-yaml.ts';

const loaded = loadFolder(vendorProfileSchema, 'mappings/ehr');
if ('mistakes' in loaded) throw new Error(loaded.mistakes.map(m => `${m.file}:${m.line} ${m.sentence}`).join('\n'));

export const profiles: readonly VendorProfile[] = loaded.value.map(({ value }) => value);

export function profileOf(id: string): VendorProfile {
  const found = profiles.find(profile => profile.id === id);
  if (!found) throw new Error(`There is no profile ${id}.`);
  return found;
}
