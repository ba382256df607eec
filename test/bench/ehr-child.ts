import express from 'express';
import { listen } from '../sandbox/listen.ts';
import { patientOfVisit, samplePatient, sampleVisit } from './samples.ts';

/** Ends in pages whatever is asked, as most servers do. */
const PAGE = 500;

const visits = Number(process.argv[2]);
const COUNTS: Record<string, number> = { Patient: patientOfVisit(visits), Appointment: visits };
const SAMPLES: Record<string, (n: number) => unknown> = { Patient: samplePatient, Appointment: n => sampleVisit(n) };

/** As much of an EHR as a first import needs: what it can do, and pages of what it holds. */
const app = express();
app.disable('etag');

app.get('/fhir/metadata', (_request, response) => {
  const resource = Object.keys(SAMPLES).map(type => ({
    type,
    interaction: [{ code: 'read' }, { code: 'search-type' }, { code: 'history-type' }],
    searchParam: [{ name: '_lastUpdated', type: 'date' }],
  }));
  response.json({
    resourceType: 'CapabilityStatement',
    fhirVersion: '4.0.1',
    software: { name: 'HAPI FHIR Server' },
    rest: [{ mode: 'server', resource }],
  });
});

app.get('/fhir/:type', (request, response) => {
  const { type } = request.params;
  const [count, sample] = [COUNTS[type] ?? 0, SAMPLES[type]];
  const from = Number(request.query._page ?? 0) * PAGE;
  const size = Math.max(0, Math.min(PAGE, count - from));
  const entry = Array.from({ length: size }, (_, i) => ({
    resource: sample?.(from + i + 1),
    search: { mode: 'match' },
  }));
  const next = from + PAGE < count ? [{ relation: 'next', url: `${type}?_page=${from / PAGE + 1}` }] : [];
  response
    .type('application/fhir+json')
    .end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link: next, entry }));
});

const { url } = await listen(app);
process.send?.({ url: `${url}/fhir` });
