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

type Labels = Map<string, Phrase>

/** Labels by what holds the field: the label itself, which is one object for one place. */
const CACHE = new WeakMap<Messages, { readonly top: Labels; readonly inner: WeakMap<Phrase, Labels> }>()

function labelsBelow(messages: Messages, parent: Phrase | undefined): Labels {
  let cache = CACHE.get(messages)
  if (!cache) {
    cache = { top: new Map(), inner: new WeakMap() }
    CACHE.set(messages, cache)
  }
  if (!parent) return cache.top
  const known = cache.inner.get(parent)
  if (known) return known
  const fresh: Labels = new Map()
  cache.inner.set(parent, fresh)
  return fresh
}

function single(messages: Messages, name: string): Phrase {
  const key = `summary.field.${fieldName(name)}`
  // Without words for it, the name of the FHIR element itself, which is English.
  return messages.has(key) ? messages.phrase(key) : { text: humanised(fieldName(name)), language: 'en' }
}

/** Label of a field, below the label of what holds it. */
export function fieldLabel(messages: Messages, parent: Phrase | undefined, name: string): Phrase {
  const labels = labelsBelow(messages, parent)
  const known = labels.get(name)
  if (known) return known
  const own = single(messages, name)
  const label = parent
    ? { text: `${parent.text} › ${own.text}`, language: parent.language === own.language ? own.language : 'en' }
    : own
  labels.set(name, label)
  return label
}
