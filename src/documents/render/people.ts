/** Names, addresses and contacts of people and organisations. */
import { type Node, node, nodes, text, texts } from '../fhir/node.ts'
import { type Build, follow, sourceWords } from './build.ts'
import type { Inline, Line } from './summary-view.ts'
import { codeWords } from './words.ts'

const GREEK = /[\u0370-\u03ff\u1f00-\u1fff]/

/** Greek capitals carry no accents (ΠΑΠΑΔΟΠΟΥΛΟΥ); the script says so, whatever the language of the document. */
function upperCase(name: string): string {
  return GREEK.test(name) ? name.toLocaleUpperCase('el') : name.toUpperCase()
}

/** `FERREIRA Maria João`: family name in capitals, as on European identity documents and in the portal. */
export function patientName(resource: Node): string | undefined {
  const names = nodes(resource.name)
  const chosen = names.find(({ use }) => use === 'official') ?? names[0]
  if (!chosen) return undefined
  const family = texts(chosen.family).join(' ')
  const given = texts(chosen.given).join(' ')
  const whole = [upperCase(family), given].filter((part) => part !== '').join(' ')
  return whole || text(chosen.text)
}

/** A name in its usual order: `Dra. Inês Carvalho`. */
export function humanName(value: unknown): string | undefined {
  const name = node(value)
  if (!name) return text(value)
  const parts = [...texts(name.prefix), ...texts(name.given), ...texts(name.family), ...texts(name.suffix)]
  return parts.length > 0 ? parts.join(' ') : text(name.text)
}

export function address(value: Node): string | undefined {
  const town = [text(value.postalCode), text(value.city)].filter((part) => part !== undefined).join(' ')
  const parts = [...texts(value.line), town, ...texts(value.district), ...texts(value.state), ...texts(value.country)]
  const whole = parts.filter((part) => part !== '').join(', ')
  return whole || text(value.text)
}

/** Telephone and mail as links, anything else as it stands. */
export function contactPoint(build: Build, value: Node): Inline[] | undefined {
  const number = text(value.value)
  if (number === undefined) return undefined
  const bare = number.replace(/^(?:tel|mailto):/i, '')
  const system = text(value.system)
  const use = text(value.use)
  const shown: Inline =
    system === 'email' || /^mailto:/i.test(number)
      ? { kind: 'link', href: `mailto:${bare}`, text: bare }
      : system === 'phone' || system === 'sms' || /^tel:/i.test(number)
        ? { kind: 'link', href: `tel:${bare.replace(/[^\d+*#]/g, '')}`, text: bare }
        : { kind: 'literal', text: number }
  return use === undefined ? [shown] : [shown, ' (', codeWords(build, 'use', use), ')']
}

/** Name of a person, role or organisation, with the organisation of a role. */
export function partyName(build: Build, resource: Node): string | undefined {
  const type = text(resource.resourceType)
  if (type === 'PractitionerRole') {
    const person = follow(build, text(node(resource.practitioner)?.reference))
    const organisation = follow(build, text(node(resource.organization)?.reference))
    const names = [
      person ? partyName(build, person) : text(node(resource.practitioner)?.display),
      organisation ? partyName(build, organisation) : text(node(resource.organization)?.display),
    ].filter((name) => name !== undefined)
    return names.length > 0 ? names.join(', ') : undefined
  }
  if (type === 'Organization' || type === 'Location' || type === 'HealthcareService') return text(resource.name)
  if (type === 'Device') {
    return text(node(resource.deviceName)?.name) ?? text(node(resource.type)?.text) ?? text(resource.manufacturer)
  }
  for (const name of nodes(resource.name)) {
    const whole = humanName(name)
    if (whole !== undefined) return whole
  }
  return undefined
}

/** The party that a reference means, in words. */
export function party(build: Build, reference: unknown): Line | undefined {
  const item = node(reference)
  if (!item) return undefined
  const target = follow(build, text(item.reference))
  const name = (target ? partyName(build, target) : undefined) ?? text(item.display)
  if (name === undefined) return undefined
  const anchor = target ? build.anchors.get(target) : undefined
  return [
    anchor === undefined
      ? sourceWords(build, name)
      : { kind: 'link', href: `#${anchor}`, text: name, ...(build.sameLanguage ? {} : { language: build.source }) },
  ]
}
