import { FEEDS } from '../../sync/fhir/poll/feeds.ts';
import { pollContract } from './poll-contract.ts';
import { PATIENT, PRACTITIONER, practice } from './support/practice.ts';

const ehr = practice();

pollContract({ name: 'type-history', feed: FEEDS['type-history'], options: {}, deletion: 'deleted' }, ehr);
pollContract({ name: 'last-updated', feed: FEEDS['last-updated'], options: {}, deletion: 'not at all' }, ehr);
pollContract({ name: 'date-window', feed: FEEDS['date-window'], options: {}, deletion: 'suspected' }, ehr);
pollContract(
  {
    name: 'by-practitioner',
    feed: FEEDS['by-practitioner'],
    options: { roster: [PRACTITIONER] },
    deletion: 'suspected',
  },
  ehr,
);
pollContract(
  { name: 'by-patient', feed: FEEDS['by-patient'], options: { roster: [PATIENT] }, deletion: 'suspected' },
  ehr,
);
