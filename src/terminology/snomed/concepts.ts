/** SCTIDs that the release format itself names. */
export const ROOT = '138875005'
export const IS_A = '116680003'
export const CORE_MODULE = '900000000000207008'
export const PRIMITIVE = '900000000000074008'
export const DEFINED = '900000000000073002'
export const FULLY_SPECIFIED_NAME = '900000000000003001'
export const SYNONYM = '900000000000013009'
export const TEXT_DEFINITION = '900000000000550004'
export const PREFERRED = '900000000000548007'
export const ACCEPTABLE = '900000000000549004'
export const INFERRED = '900000000000011006'
export const OWL_AXIOM_REFSET = '733073007'
/** The group that the axioms write for what the inferred relationships number. */
export const ROLE_GROUP = '609096000'
/** Historical association reference sets, by the word that their meaning has in English. */
export const ASSOCIATIONS: Readonly<Record<string, string>> = {
  '900000000000523009': 'POSSIBLY EQUIVALENT TO',
  '900000000000524003': 'MOVED TO',
  '900000000000525002': 'MOVED FROM',
  '900000000000526001': 'REPLACED BY',
  '900000000000527005': 'SAME AS',
  '900000000000528000': 'WAS A',
  '900000000000529008': 'SIMILAR TO',
  '900000000000530003': 'ALTERNATIVE',
  '900000000000531004': 'REFERS TO',
  '1186921001': 'POSSIBLY REPLACED BY',
  '1186924009': 'PARTIALLY EQUIVALENT TO',
}
