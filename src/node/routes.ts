/** Names of routes for the figures. A closed list: what a stranger types must neither appear there nor make them grow. */
const KNOWN: Readonly<Record<'border' | 'portal', ReadonlySet<string>>> = {
  border: new Set([
    ...['fhir/metadata', 'fhir/Patient', 'fhir/DocumentReference', 'fhir/Bundle', 'fhir/Binary'],
    ...['federation/work', 'federation/results', 'federation/revocations', 'research/cases', 'research/permits'],
  ]),
  portal: new Set([
    ...[
      '',
      'accesses',
      'accessibility',
      'api',
      'assets',
      'authority',
      'exercise',
      'health',
      'help',
      'metrics',
      'notices',
      'operator',
    ],
    ...['catalogue', 'register', 'research', 'access-body', 'holder', 'dcat'],
    ...['patients', 'session', 'sign-in', 'sign-out', 'signed-out', 'terminology'],
  ]),
}

/** E.g. `border/fhir/Patient`, `portal/patients`; `portal/:other` for everything that no page has. */
export function routeOf(door: 'border' | 'portal', path: string): string {
  const first = path
    .split('/')
    .slice(1, door === 'border' ? 3 : 2)
    .join('/')
  return `${door}/${KNOWN[door].has(first) ? first : ':other'}`
}
