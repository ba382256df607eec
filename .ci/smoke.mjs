const desk = 'http://127.0.0.1:8090';
const service = 'http://127.0.0.1:8080';

const must = (holds, what) => {
  if (!holds) throw new Error(`Smoke test: ${what}`);
  console.log(`ok ${what}`);
};
const json = async (url, init) => (await fetch(url, init)).json();
const pass = async minutes => {
  await fetch(`${desk}/desk/clock`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: desk, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ minutes, back: '/desk' }),
  });
  while ((await json(`${desk}/desk/clock`)).passing) await new Promise(done => setTimeout(done, 500));
};

must((await json(`${service}/health`)).status === 'up', 'the service is up');
must((await fetch(`${desk}/desk`)).ok, 'the front desk answers');
must((await fetch(`${desk}/desk/tasks`)).ok, 'and its tasks');
must((await fetch(`${service}/phone`)).ok, 'the phone answers');

const seen = await json(`${desk}/fhir/Appointment/appointment-ana-reyes`);
const later = at => new Date(Date.parse(at) + 86_400_000).toISOString();
const moved = await fetch(`${desk}/fhir/Appointment/${seen.id}`, {
  method: 'PUT',
  headers: { 'content-type': 'application/fhir+json', 'if-match': `W/"${seen.meta.versionId}"` },
  body: JSON.stringify({ ...seen, start: later(seen.start), end: later(seen.end) }),
});
must(moved.ok, 'a visit can be moved in the EHR');
await pass('15');
await pass('15');
const { patients } = await json(`${service}/explain/Appointment/${seen.id}`);
const notice = patients[0].messages.find(({ rule }) => rule === 'change-notice');
must(notice?.state === 'delivered', 'the notice of the move arrived, once it had settled');
const chart = await json(`${desk}/fhir/Communication?subject=Patient/patient-ana-reyes&_count=50`);
const notices = (chart.entry ?? []).filter(({ resource }) =>
  resource.about?.some(about => about.reference.endsWith(seen.id)),
);
must(notices.length > 0, 'and is in the chart');
