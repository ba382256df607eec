import { type Faults, faultDescriptions, faultWords } from '../faults.ts';
import { type Html, html } from './html.ts';

export const faultsPage = (faults: Faults, typed: Record<string, string | undefined> | undefined): Html => html`
<div class="heading"><h1>Faults</h1></div>
<p class="lead">Make this EHR misbehave towards its clients, the way real ones do. The front desk itself keeps working; only its clock goes slower, as it waits for the service to do what falls due.</p>
<form method="post" action="/desk/faults" class="panel wide">
  <ul class="faults">${faultDescriptions.map(({ name, description }) => fault(name, description, typed ? typed[name] : faults[name]))}</ul>
  <p class="choices"><button class="primary">Set the faults</button> <button name="reset" value="yes">All off</button></p>
</form>
<p class="fine">Programs set the same switches with PUT /sandbox/faults.</p>`;

function fault(name: keyof Faults, description: string, value: string | number | boolean | undefined): Html {
  const isSwitch = typeof value === 'boolean' || value === 'yes' || value === undefined;
  const control = isSwitch
    ? html`<input type="checkbox" id="fault-${name}" name="${name}" value="yes"${(value === true || value === 'yes') && html` checked`}>`
    : html`<input type="number" id="fault-${name}" name="${name}" min="0" step="1" value="${value}" required>`;
  return html`<li>${control}<label for="fault-${name}"><b>${faultWords(name)}</b> <span class="fine">${description}</span></label></li>`;
}
