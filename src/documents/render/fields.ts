/** Names of FHIR elements for the reader: `reaction.manifestation` → `Réaction › Signe`. */
import type { Messages, Phrase } from '#platform/i18n/messages.ts'

const CHOICE =
  /^(value|onset|abatement|effective|performed|medication|occurrence|timing|deceased|multipleBirth|asNeeded|dose|rate|doseNumber|seriesDoses|item|detail|due|start|born|age|allowed|reported|author|collected|time|additive|content|serviced|product|target|bounds|fastingStatus|minimumVolume|scheduled|amount|subject|answer|source|module|location|used|date)(Quantity|CodeableConcept|CodeableReference|String|Boolean|Integer|Range|Ratio|SampledData|Time|DateTime|Period|Age|Date|Reference|Timing|Coding|Code|Uri|Url|Canonical|Identifier|Money|Attachment|Markdown|Decimal|PositiveInt|UnsignedInt|Instant|Annotation|Address|HumanName|ContactPoint|Duration|Base64Binary|Oid|Uuid|Id|Expression|Dosage|Meta|Signature|Count|Distance)$/

/** `lotNumber` → `Lot number`. */
export function humanised(name: string): string {
  const spaced = name
    .replace(/^_/, '')
    .replace(/[-_]+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** The element name without the type of a choice: `valueQuantity` → `value`. */
export function fieldName(name: string): string {
  const plain = name.startsWith('_') ? name.slice(1) : name
  return CHOICE.exec(plain)?.[1] ?? plain
}

const CACHE = new WeakMap<Messages, Map<string, Phrase>>()

function cacheOf(messages: Messages): Map<string, Phrase> {
  const known = CACHE.get(messages)
  if (known) return known
  const fresh = new Map<string, Phrase>()
  CACHE.set(messages, fresh)
  return fresh
}

function single(messages: Messages, name: string): Phrase {
  const key = `summary.field.${fieldName(name)}`
  // Without words for it, the name of the FHIR element itself, which is English.
  return messages.has(key) ? messages.phrase(key) : { text: humanised(fieldName(name)), language: 'en' }
}

/** Label of a field, below the label of what holds it. */
export function fieldLabel(messages: Messages, parent: Phrase | undefined, name: string): Phrase {
  const cache = cacheOf(messages)
  const key = parent ? `${parent.text}\n${name}` : name
  const known = cache.get(key)
  if (known) return known
  const own = single(messages, name)
  const label = parent
    ? { text: `${parent.text} › ${own.text}`, language: parent.language === own.language ? own.language : 'en' }
    : own
  cache.set(key, label)
  return label
}
