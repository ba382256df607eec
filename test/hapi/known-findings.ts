import type { Finding } from './validate.ts';

/** What HAPI's validator minds and we do not, and why. An error is in it only where the validator cannot know better. */
export const KNOWN: { severity: Finding['severity']; message: RegExp; why: string }[] = [
  {
    severity: 'warning',
    message: /^Constraint failed: dom-6:/,
    why: 'A narrative would repeat, unasked, what a chart shows; in messages it would be a second place for their words.',
  },
  {
    severity: 'error',
    message:
      /^Extension url 'http:\/\/hl7\.org\/fhir\/(5\.0|4\.3)\/StructureDefinition\/extension-SubscriptionTopic\.(url|version|name|title|date|publisher|description|status|resourceTrigger|canFilterBy|notificationShape)' is not valid/,
    why: 'R5 has SubscriptionTopic, and its elements have these names in R4 (hapi.md §4); the validator has R4 alone.',
  },
  {
    severity: 'warning',
    message: /^CodeSystem is unknown and can't be validated: http:\/\/hl7\.org\/fhir\/fhir-types for /,
    why: 'Of R5, likewise.',
  },
  {
    severity: 'error',
    message:
      /http:\/\/hl7\.org\/fhir\/uv\/subscriptions-backport\/StructureDefinition\/backport-subscription('| has not|$)/,
    why: 'The guide that defines it is published as a package of its own, which this machine does not have.',
  },
  {
    severity: 'error',
    message: /^Error generating Snapshot: Unable to resolve package id hl7\.fhir\.r4\.core#null/,
    why: 'To make the snapshot of an extension anew it wants a package from the network; our snapshots have tests.',
  },
  {
    severity: 'error',
    message: /not 'Local eCMS identifier'$/,
    why: "R4's own example of Consent.identifier, which every snapshot of a Consent inherits.",
  },
  {
    severity: 'warning',
    message: /binds to the value set 'http:\/\/hl7\.org\/fhir\/ValueSet\/languages' which is experimental/,
    why: "R4's own binding of `language`.",
  },
  {
    severity: 'warning',
    message: /ValueSet\/consent-category\|4\.0\.1\).*codes = https:\/\/loopkeeper\.org\//,
    why: 'R4 has no category for a consent to messages.',
  },
  {
    severity: 'warning',
    message: /ValueSet\/consent-policy\|4\.0\.1\).*v3-ActCode#OPT(IN|OUT)\)/,
    why: 'The usual codes for opting in and out; the value set names laws, which this is not about.',
  },
  {
    severity: 'warning',
    message:
      /(fragment CodeSystem 'https:\/\/loopkeeper\.org\/|\(https:\/\/loopkeeper\.org\/\S+\/ValueSet\/(task-code|owner)\|)/,
    why: "A practice's own rules may add codes: these bindings are extensible.",
  },
];
