/** Sections of patient summaries by LOINC code (EPS 1.0.0, eHDSI PS 2.8, IHE PCC). */

/** The five sections that the European patient summary requires, with LOINC's own English names. */
export const REQUIRED_SECTIONS: readonly { readonly code: string; readonly display: string }[] = [
  { code: '11450-4', display: 'Problem list' },
  { code: '48765-2', display: 'Allergies and adverse reactions' },
  { code: '10160-0', display: 'Medication use' },
  { code: '47519-4', display: 'History of procedures' },
  { code: '46264-8', display: 'Medical devices' },
]

/** What kind of statement a section holds, when the template does not say. */
export const SECTION_KIND: Readonly<Record<string, 'allergy' | 'problem' | 'immunization' | 'device'>> = {
  '48765-2': 'allergy',
  '11450-4': 'problem',
  '11348-0': 'problem',
  '11329-0': 'problem',
  '11369-6': 'immunization',
  '46264-8': 'device',
}

/** Observation categories (http://terminology.hl7.org/CodeSystem/observation-category). */
export const CATEGORY_BY_SECTION: Readonly<Record<string, string>> = {
  '8716-3': 'vital-signs',
  '30954-2': 'laboratory',
  '29762-2': 'social-history',
}
