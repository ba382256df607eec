/**
 * Why a message is held, dropped, withdrawn or never planned. A closed list, in words staff can read on a visit
 * (`scope.md` K2): code on the left for tables and metrics, sentence on the right for people.
 */
export const REASONS = {
  // the visit
  'visit-not-booked': 'The visit is only requested or on a waiting list, so there is nothing to promise yet.',
  'visit-cancelled': 'The visit is cancelled.',
  'visit-past': 'The visit has started or is over.',
  'visit-moved': 'The visit has moved since this was planned.',
  'visit-changed': 'The record of the visit changed, and this no longer follows from it.',
  'visit-unusable': 'The record of the visit cannot be used; see the data findings.',
  'already-told': 'The patient has already been told exactly this.',
  'told-by-practice':
    'No message of ours told this booking: it was there before us, or went unconfirmed, and whoever made it is taken to have told the patient.',
  'told-recently': 'The patient was told about this visit only a short while ago.',
  'told-as-move': 'It was told as one move, together with the visit it replaces.',
  'told-by-other-sender': 'The EHR, another system or a person has already told the patient.',
  'confirmed-already': 'The patient has already confirmed this visit.',
  'answered-already': 'The patient has answered.',
  'reschedule-open': 'The patient asked for another time; staff are working on it.',
  rebooked: 'The patient has booked or kept another visit since.',
  // the rule
  'rule-off': 'The rule is switched off.',
  'rule-not-matching': 'The rule does not apply to this visit.',
  'not-in-pilot': 'The rule runs as a pilot, and this visit is outside it.',
  'not-enrolled': 'The visit was there before the rule was switched on.',
  // time
  'too-late': 'The moment to say this has passed.',
  'too-close-to-visit': 'It would come too close to the visit to be of use.',
  'quiet-hours': 'It is night where the patient lives.',
  'daily-cap': 'The patient has had as many messages today as a day allows.',
  'weekly-cap': 'The patient has had as many messages this week as a week allows.',
  // the recipient
  'patient-unknown': 'The patient record could not be read.',
  'patient-deceased': 'The patient has died.',
  'patient-inactive': 'The patient record is inactive.',
  'patient-merged': 'The patient record was merged into another.',
  'patient-restricted': 'The record is restricted: no automatic messages.',
  'patient-test': 'This is a test patient outside a test.',
  'minor-without-guardian': 'The patient is a minor and no guardian with an address is known.',
  'confidential-visit': 'The visit is confidential and may not go to a shared or guardian address.',
  'no-address': 'There is no usable number or address for this medium.',
  'address-invalid': 'The number or address is not valid.',
  'address-not-textable': 'The number is a landline or cannot receive texts.',
  'address-quarantined': 'Somebody at this number said it is the wrong number.',
  'prefers-phone': 'The patient prefers a phone call.',
  'opted-out': 'The patient asked not to get these messages.',
  'no-consent': 'There is no consent for this medium.',
  'recipient-not-allowed': 'Outside production only listed test recipients are messaged.',
  // the words
  'text-missing': 'There is no approved text for this.',
  'text-expired': 'The approved text is past its review date.',
  'language-missing': 'There is no approved text in the language of the patient.',
  'blank-unfilled': 'A blank in the text could not be filled.',
  'content-forbidden': 'The text would say something this medium may not carry.',
  // the service
  paused: 'Sending is paused.',
  braked: 'The brake is on: too many changes at once wait for a person.',
  'ehr-unreachable': 'The EHR cannot be asked whether this still holds; it will be tried again.',
  'channel-down': 'The channel is not working; it will be tried again.',
  'channel-was-down': 'The channel did not work until the moment to say this had passed.',
  'channel-refused': 'The provider refused the message.',
  'channel-not-configured': 'No channel for this medium is set up.',
  'outcome-unknown': 'The provider could not say whether the message left.',
  undeliverable: 'The provider reports that the message was not delivered.',
} as const satisfies Record<string, string>;

export type Reason = keyof typeof REASONS;

/** Why a message is too late that was last held for `held`: who lost it to a dead channel is owed it, unlike who was merely missed. */
export const reasonIfLate = (held: Reason | undefined): Reason =>
  held === 'channel-down' ? 'channel-was-down' : 'too-late';

export const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);
