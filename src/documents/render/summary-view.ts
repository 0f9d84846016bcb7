/** What a summary shows, as data: no markup, no decisions left but how it looks. Made by `summaryView`. */
import type { Messages, Phrase } from '#platform/i18n/messages.ts'
import type { NotCarried, Untranslated } from '../model/account.ts'
import type { DocumentKind } from '../model/clinical-document.ts'

/** Words in another language than the reader's. `language` is '' when the document does not say. */
export interface Words {
  readonly kind: 'words'
  readonly text: string
  readonly language: string
}

export interface TimeValue {
  readonly kind: 'time'
  /** As the source has it. */
  readonly iso: string
  readonly text: string
}

export interface NumberValue {
  readonly kind: 'number'
  /** As the source has it. */
  readonly value: string
  readonly text: string
}

/** One coding of the source: code, system, and the words that came with it. */
export interface CodingValue {
  readonly kind: 'coding'
  readonly code: string
  /** Canonical URL; its name is in `systemName`, the address itself in the list of systems of the page. */
  readonly system: string
  readonly systemName: string
  readonly display?: string
  /** Language of `display`, '' when unknown, undefined when it is the reader's. */
  readonly language?: string
}

/** An identifier, address or other literal that is not prose. */
export interface Literal {
  readonly kind: 'literal'
  readonly text: string
}

export interface Link {
  readonly kind: 'link'
  /** `#anchor` inside the page, or mail and telephone addresses. */
  readonly href: string
  readonly text: string
  readonly language?: string
}

/** Says in words that what stands before it is in another language: colour is never the only sign. */
export interface Mark {
  readonly kind: 'mark'
  readonly text: string
}

/** Text of the source with its layout: safe HTML. */
export interface Narrative {
  readonly kind: 'narrative'
  readonly html: string
  readonly language: string
}

/** A string is in the reader's language, or has none (punctuation). */
export type Inline = string | Words | TimeValue | NumberValue | CodingValue | Literal | Link | Mark | Narrative
export type Line = readonly Inline[]

export interface Tag {
  readonly text: Inline
  /** danger: can harm; warn: look twice; good: active or normal; plain: no judgement. */
  readonly tone: 'danger' | 'warn' | 'good' | 'plain'
}

export interface Detail {
  /** Anchor of a resource that is shown as part of this row. */
  readonly id?: string
  readonly label: Phrase
  readonly content: Line
}

export interface TrendPoint {
  readonly value: number
  readonly number: NumberValue
  readonly time: TimeValue
  readonly outside: boolean
}

export interface Trend {
  readonly label: string
  readonly points: readonly TrendPoint[]
  readonly low?: number
  readonly high?: number
}

/** What became of the statement of a row. */
export type RowFate = 'translated' | 'original-language' | 'text' | 'none'

export interface Row {
  /** Anchor in the page. */
  readonly id: string
  /** FHIR type of the resource. */
  readonly type: string
  /** The statement has neither a code nor words for what it is about. */
  readonly isNameless?: boolean
  readonly term: Line
  readonly tags: readonly Tag[]
  /** Lines under the term. */
  readonly subs: readonly Line[]
  /** Second column: dose, date, value. */
  readonly second: readonly Line[]
  readonly trend?: Trend
  /** The words of the source beside the reader's. */
  readonly original: readonly Line[]
  readonly fate: RowFate
  /** The codes of what the row is about, e.g. `SNOMED CT 38341003`. */
  readonly codes: readonly string[]
  readonly details: readonly Detail[]
  /** Anchors of other statements that are told in this row, with what became of each. */
  readonly parts?: readonly { readonly id: string; readonly fate: RowFate }[]
  /** 1 for a result that belongs to the report above it. */
  readonly level: number
}

export type SectionState = 'rows' | 'text' | 'none-known' | 'no-information' | 'nothing-recorded'

export interface Section {
  readonly id: string
  readonly title: Line
  readonly originalTitle?: Line
  readonly state: SectionState
  /** The sentence for a section without rows. */
  readonly sentence?: Line
  /** Which pair of column heads fits, a message key suffix: `medicines`, `results`, … */
  readonly columns: string
  readonly rows: readonly Row[]
  readonly narrative?: Narrative
  readonly details: readonly Detail[]
  readonly level: number
  /** Tail sections (people, making of the document) stand after the clinical ones. */
  readonly group: 'clinical' | 'other' | 'people' | 'document'
}

export interface Trait {
  readonly label: Phrase
  readonly content: Line
}

export interface Header {
  readonly patientName: string
  readonly documentTitle: Line
  readonly traits: readonly Trait[]
  /** Who wrote it, and when. */
  readonly context: readonly Trait[]
  /** How to reach the patient and those around, who keeps the document, what it covers. */
  readonly more: readonly Trait[]
}

export interface DangerItem {
  readonly href: string
  /** The term stands in the language of the source. */
  readonly foreign: boolean
  readonly term: Line
  readonly tags: readonly Tag[]
  readonly subs: readonly Line[]
}

/** A section's own words in the danger block. */
export interface DangerText {
  readonly href: string
  readonly words: Line
}

export interface Danger {
  readonly allergies: readonly DangerItem[]
  /** `none known`, `no information` or `nothing recorded` when there are no items; partial statements beside items. */
  readonly allergyState: SectionState
  readonly allergySentences: readonly Line[]
  /** The words of the allergy section, when only they say what there is. */
  readonly allergyText?: DangerText
  readonly medicines: readonly DangerItem[]
  /** Medicines whose risk cannot be computed: in text only, or without a code. */
  readonly medicineSentences: readonly Line[]
}

/** Whether the block is red: something can harm, or words that nobody has coded may say so. */
export function isHarm({ allergies, medicines, allergyState }: Danger): boolean {
  return allergies.length > 0 || medicines.length > 0 || allergyState === 'text'
}

export interface AccountShare {
  readonly key: 'translated' | 'original-language' | 'text' | 'not-carried'
  readonly count: number
  /** Rows to look at. */
  readonly rows: readonly { readonly href: string; readonly label: Line }[]
}

export interface AccountView {
  readonly statements: number
  readonly shares: readonly AccountShare[]
  readonly notCarried: readonly NotCarried[]
  readonly untranslated: readonly Untranslated[]
  /** True only when nothing of the source is missing from the page. */
  readonly complete: boolean
}

export interface Attachment {
  readonly id: string
  readonly title: Line
  readonly contentType: string
  /** Base64 as in the source, when the document holds the bytes. */
  readonly base64?: string
  readonly url?: string
  /** Name for saving. */
  readonly fileName: string
}

export interface SummaryView {
  readonly messages: Messages
  readonly language: string
  /** BCP-47, '' when the document does not say. */
  readonly sourceLanguage: string
  /** Name of the source language for the reader, e.g. `portugais`. */
  readonly sourceLanguageName: string
  readonly sameLanguage: boolean
  readonly kind: DocumentKind
  /** The document says nothing in codes or sections: it is a file (PDF) with a head. */
  readonly isFile: boolean
  readonly title: string
  readonly header: Header
  readonly danger: Danger
  readonly account: AccountView
  readonly sections: readonly Section[]
  readonly attachments: readonly Attachment[]
  /** Names used on the page for code systems and other addresses. */
  readonly systems: readonly { readonly name: string; readonly url: string }[]
}
