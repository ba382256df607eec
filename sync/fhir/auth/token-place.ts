import { BlockList, isIP } from 'node:net';

const NOWHERE = subnets(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  '64:ff9b::/96',
);
const INSIDE = subnets(
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
);

/**
 * May our secret or assertion go to a token endpoint that the EHR itself names? Authorization servers often live on
 * another host than the FHIR base (Oracle Health, Microsoft), so a host of the open net may be named, by https: its
 * certificate has to fit its name, which keeps a name that resolves to something inside from being taken for it. What
 * lies inside our own net may be named only by an EHR that lies inside too, or is that very host; and a link-local
 * address, where clouds keep their metadata, by nobody. Another one is for the operator to name (EHR_TOKEN_URL).
 */
export function mayGetOurSecret(endpoint: URL, base: URL): boolean {
  const { protocol, username, password } = endpoint;
  if (username !== '' || password !== '') return false;
  if (protocol !== 'https:' && !(protocol === 'http:' && base.protocol === 'http:')) return false;
  const [host, ehr] = [hostOf(endpoint), hostOf(base)];
  if (host === ehr) return true;
  return !isIn(NOWHERE, host) && (!isInside(host) || isInside(ehr));
}

/** As the URL parser leaves it, which has undone other ways to write an address: `0x7f.1`, `2852039166`. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$|\.+$/g, '');

/** Also a name that only a net of one's own knows: one word, or one of the endings that are never given away. */
const isInside = (host: string): boolean =>
  isIP(host) === 0
    ? !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa|intranet|corp)$/.test(host)
    : isIn(INSIDE, host) || isIn(NOWHERE, host);

const isIn = (list: BlockList, host: string): boolean =>
  isIP(host) !== 0 && list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');

function subnets(...written: string[]): BlockList {
  const list = new BlockList();
  for (const one of written) {
    const [net = '', bits] = one.split('/');
    list.addSubnet(net, Number(bits), isIP(net) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
