/** Extension and system URLs that the reader writes. */
export const DETAIL_EXTENSION = 'urn:tessera:detail'
export const RELATED_EXTENSION = 'urn:tessera:related'
/** On a FHIR code or date: what the source says literally. */
export const SOURCE_VALUE_EXTENSION = 'urn:tessera:source-value'
/** On a FHIR code: the coded value of the source that it was mapped from. */
export const ORIGINAL_EXTENSION = 'urn:tessera:original'
export const ORIGINAL_TEXT_EXTENSION = 'urn:tessera:original-text'
export const QUALIFIER_EXTENSION = 'urn:tessera:qualifier'
export const SYSTEM_NAME_EXTENSION = 'urn:tessera:system-name'
export const INSTITUTION_SPECIFIED_EXTENSION = 'urn:tessera:institution-specified'

export const NULL_FLAVOR_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor'
export const DATA_ABSENT_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'
export const ALLERGY_TYPE_EXTENSION = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-AllergyIntolerance.type'
export const ALLERGY_ABATEMENT_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/allergyintolerance-abatement'
export const PRODUCT_NAME_EXTENSION =
  'https://profiles.ihe.net/PHARM/MPD/StructureDefinition/ihe-ext-medication-productname'
export const ADMINISTERED_PRODUCT_EXTENSION =
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-Immunization.administeredProduct'
export const CLASSIFICATION_EXTENSION =
  'https://profiles.ihe.net/PHARM/MPD/StructureDefinition/ihe-ext-medication-classification'
export const PACKAGE_TYPE_EXTENSION = 'http://hl7.eu/fhir/StructureDefinition/medication-package-type'
export const SIZE_OF_ITEM_EXTENSION =
  'https://profiles.ihe.net/PHARM/MPD/StructureDefinition/ihe-ext-medication-sizeofitem'
/** The packs of a medicine, from the innermost out; each `layer` has quantity, capacity, form, code, name. */
export const PACKAGE_EXTENSION = 'urn:tessera:package'
/** How many of a part one combined product holds. */
export const PART_QUANTITY_EXTENSION = 'urn:tessera:part-quantity'
/** The strength of a whole product in words. */
export const STRENGTH_EXTENSION = 'urn:tessera:strength'
/** On a note: instructions that the prescriber gives to the pharmacist. */
export const TO_PHARMACIST_EXTENSION = 'urn:tessera:to-pharmacist'
/** On a Composition: the prescription that a dispensation fulfils (CDA inFulfillmentOf/order/id). */
export const FULFILS_EXTENSION = 'urn:tessera:fulfils'
export const PRESCRIBED_QUANTITY_EXTENSION =
  'https://profiles.ihe.net/PHARM/MPD/StructureDefinition/ihe-ext-medicationrequest-prescribedQuantity'
export const DOSE_PERIOD_EXTENSION =
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest.effectiveDosePeriod'
export const RENDERED_DOSAGE_EXTENSION =
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest.renderedDosageInstruction'
export const DISPENSE_RECORDED_EXTENSION =
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationDispense.recorded'
export const VERSION_NUMBER_EXTENSION =
  'http://hl7.org/fhir/StructureDefinition/composition-clinicaldocument-versionNumber'
export const BIRTH_PLACE_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace'
export const BIRTH_TIME_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime'
export const NAME_QUALIFIER_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier'
export const PRECISION_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/quantity-precision'
export const PQ_TRANSLATION_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation'

export const SNOMED = 'http://snomed.info/sct'
export const LOINC = 'http://loinc.org'
export const UCUM = 'http://unitsofmeasure.org'
export const ABSENT_UNKNOWN = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips'

const V3 = 'http://terminology.hl7.org/CodeSystem/v3-'
export const ACT_STATUS = `${V3}ActStatus`
export const ACT_MOOD = `${V3}ActMood`
export const PARTICIPATION_TYPE = `${V3}ParticipationType`
export const ROLE_CLASS = `${V3}RoleClass`
export const ACT_CLASS = `${V3}ActClass`
export const NULL_FLAVOR = `${V3}NullFlavor`
export const RELATIONSHIP_TYPE = `${V3}ActRelationshipType`

/** Code system OIDs of HL7 v3 vocabulary met in CDA, for codes whose system attribute is often left out. */
export const EPS = 'http://hl7.eu/fhir/eps/StructureDefinition/'
export const EU_BASE = 'http://hl7.eu/fhir/base/StructureDefinition/'
export const MPD = 'http://hl7.eu/fhir/mpd/StructureDefinition/'
export const IPS = 'http://hl7.org/fhir/uv/ips/StructureDefinition/'
