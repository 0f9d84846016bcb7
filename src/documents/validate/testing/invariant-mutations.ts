/** Mutations that break one named constraint and nothing else. */
import type { Broken, Mutation } from './mutations.ts'
import { isLoose, type Loose, looseItems, placesOf, resourcesOf } from './places.ts'
import type { Random } from './random.ts'

function breaking(key: string, change: (root: Loose, random: Random) => string | undefined): Mutation {
  return {
    kind: 'failing invariant',
    apply(root, random): Broken | undefined {
      const place = change(root, random)
      return place === undefined ? undefined : { rule: key, place }
    },
  }
}

function sections(root: Loose): readonly Loose[] {
  return resourcesOf(root, 'Composition').flatMap((composition) => looseItems(composition.section))
}

export const INVARIANT_MUTATIONS: readonly Mutation[] = [
  breaking('bdl-7', (root) => {
    const entries = looseItems(root.entry)
    const last = entries.at(-1)
    if (root.resourceType !== 'Bundle' || !last?.fullUrl) return undefined
    root.entry = [...entries, structuredClone(last)]
    return 'Bundle.entry'
  }),
  breaking('cmp-1', (root, random) => {
    const section = random.pick(sections(root))
    if (!section) return undefined
    for (const key of ['text', 'entry', 'section']) delete section[key]
    return 'Composition.section'
  }),
  breaking('cmp-2', (root, random) => {
    const section = random.pick(sections(root).filter((one) => Array.isArray(one.entry)))
    if (!section) return undefined
    section.emptyReason = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'unavailable' }],
    }
    return 'Composition.section'
  }),
  breaking('bdl-10', (root) => {
    if (root.resourceType !== 'Bundle' || root.type !== 'document') return undefined
    delete root.timestamp
    return 'Bundle'
  }),
  breaking('bdl-11', (root) => {
    const entries = looseItems(root.entry)
    if (root.resourceType !== 'Bundle' || root.type !== 'document' || entries.length < 2) return undefined
    root.entry = entries.toReversed()
    return 'Bundle'
  }),
  breaking('ref-1', (root, random) => {
    const place = random.pick(placesOf(root).filter((one) => one.key === 'reference' && typeof one.value === 'string'))
    if (!place) return undefined
    place.parent.reference = '#nowhere'
    return place.path
  }),
  breaking('dom-3', (root, random) => {
    const resource = random.pick(resourcesOf(root).filter((one) => one.contained === undefined))
    if (!resource) return undefined
    resource.contained = [{ resourceType: 'Organization', id: 'nobody-asks', name: 'x' }]
    return String(resource.resourceType)
  }),
  breaking('ext-1', (root, random) => {
    const place = random.pick(placesOf(root).filter((one) => isLoose(one.value) && one.key !== 'resource'))
    if (!place || !isLoose(place.value)) return undefined
    const both = {
      url: 'http://example.org/both',
      valueString: 'a',
      extension: [{ url: 'http://example.org/inner', valueString: 'b' }],
    }
    place.value.extension = [...looseItems(place.value.extension), both]
    return place.path
  }),
  breaking('per-1', (root, random) => {
    const resource = random.pick(resourcesOf(root, 'Patient'))
    if (!resource) return undefined
    resource.identifier = [{ system: 'urn:x', value: 'y', period: { start: '2020-05-01', end: '2019-04-01' } }]
    return 'Patient.identifier.period'
  }),
  breaking('obs-6', (root, random) => {
    const own = resourcesOf(root, 'Observation').filter((one) =>
      Object.keys(one).some((key) => key.startsWith('value')),
    )
    const resource = random.pick(own)
    if (!resource) return undefined
    resource.dataAbsentReason = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }],
    }
    return 'Observation'
  }),
  breaking('txt-1', (root, random) => {
    const place = random.pick(placesOf(root).filter((one) => one.key === 'div'))
    if (!place) return undefined
    place.parent.div = random.pick([
      '<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>',
      '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x()">a</p></div>',
      '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</div>',
      '<div xmlns="http://www.w3.org/1999/xhtml">a &nbsp; b</div>',
      '<div xmlns="http://www.w3.org/1999/xhtml"> </div>',
      'no markup',
    ])
    return place.path
  }),
  breaking('ait-1', (root, random) => {
    const own = resourcesOf(root, 'AllergyIntolerance').filter(
      (one) => one.clinicalStatus && !JSON.stringify(one.verificationStatus ?? '').includes('entered-in-error'),
    )
    const resource = random.pick(own)
    if (!resource) return undefined
    delete resource.clinicalStatus
    return 'AllergyIntolerance'
  }),
  breaking('con-4', (root, random) => {
    const own = resourcesOf(root, 'Condition').filter((one) =>
      JSON.stringify(one.clinicalStatus ?? '').includes('"active"'),
    )
    const resource = random.pick(own)
    if (!resource || Object.keys(resource).some((key) => key.startsWith('abatement'))) return undefined
    resource.abatementDateTime = '2020'
    return 'Condition'
  }),
  breaking('pat-1', (root) => {
    const [resource] = resourcesOf(root, 'Patient')
    if (!resource) return undefined
    resource.contact = [{ relationship: [{ text: 'mother' }] }]
    return 'Patient.contact'
  }),
  breaking('qty-3', (root, random) => {
    const place = random.pick(placesOf(root).filter((one) => one.key === 'valueQuantity'))
    if (!place || !isLoose(place.value) || place.value.code === undefined) return undefined
    delete place.value.system
    return place.path
  }),
  breaking('name of the patient (ips-pat-1, eu-pat-1)', (root) => {
    const [resource] = resourcesOf(root, 'Patient')
    if (!resource || !/patient-(uv-ips|eu-core|eu-eps)"/i.test(JSON.stringify(resource.meta ?? ''))) return undefined
    resource.name = [{ use: 'official' }]
    return 'Patient.name'
  }),
]
