/** One prescription as eHDSI CDA of level 3, under the header of the patient's summary. */
import type { PrescribedMedicine, PrescriptionFacts } from './prescriptions.ts'
import { wordsOf } from './prescriptions.ts'

const EDQM = 'codeSystem="0.4.0.127.0.16.1.1.2.1" codeSystemName="EDQM"'
const ATC = 'codeSystem="2.16.840.1.113883.6.73" codeSystemName="Anatomical Therapeutic Chemical"'

/** Column heads of the narrative: medicine, active ingredient, how to take, how much. */
const HEADS: Readonly<Record<string, readonly [string, string, string, string, string]>> = {
  pt: ['Medicamento', 'Substância ativa', 'Posologia', 'Quantidade', 'Indicações ao farmacêutico'],
  el: ['Φάρμακο', 'Δραστική ουσία', 'Δοσολογία', 'Ποσότητα', 'Οδηγίες προς τον φαρμακοποιό'],
  fr: ['Médicament', 'Substance active', 'Posologie', 'Quantité', 'Indications au pharmacien'],
}

export function cdaPrescription(facts: PrescriptionFacts, summary: string): string {
  const root = documentRoot(summary)
  const language = /<languageCode code="(\w\w)/.exec(summary)?.[1] ?? 'en'
  const oid = `${root}.5`
  const day = facts.issued.replaceAll('-', '')
  const heads = HEADS[language] ?? ['', '', '', '', '']
  return `${headerOf(facts, summary, oid, day)}
 <component>
  <structuredBody>
   <component>
    <section>
     <templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.2.1"/>
     <id root="${oid}" extension="${facts.number}"/>
     <code code="57828-6" displayName="Prescriptions" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"/>
     <title>${facts.title}</title>
     <text>
      <table>
       <thead><tr>${heads
         .slice(0, 4)
         .map((head) => `<th>${head}</th>`)
         .join('')}</tr></thead>
       <tbody>
${facts.items.map((item, index) => row(item, index + 1, language)).join('\n')}
       </tbody>
      </table>
${facts.items.map((item, index) => remark(item, index + 1, heads[4])).join('')}     </text>
${facts.items.map((item, index) => entry(facts, item, index + 1, { oid, day, language })).join('\n')}
    </section>
   </component>
  </structuredBody>
 </component>
</ClinicalDocument>
`
}

/** Patient, author and custodian of the summary, as a document of another kind, id and day. */
export function headerFor(summary: string, document: HeaderFacts): string {
  const header = summary.slice(0, summary.indexOf('\n <component>'))
  const written = /<effectiveTime value="(\d+)/.exec(header)?.[1] ?? ''
  return header
    .replace('root="1.3.6.1.4.1.12559.11.10.1.3.1.1.3"', `root="${document.template}"`)
    .replace(/<id root="[\d.]+" extension="\w+-[\d-]+\.L3"\/>/, `<id root="${document.oid}" extension="${document.id}"/>`)
    .replace(/<code code="60591-5"[\s\S]*?<\/code>/, document.code)
    .replace(/<title>[^<]*<\/title>/, `<title>${document.title}</title>`)
    .replace(/<setId [^>]*\/>/, `<setId root="${document.oid}" extension="${document.id.replace(/\.L\d$/, '')}"/>`)
    .replace(/<versionNumber [^>]*\/>/, '<versionNumber value="1"/>')
    .replace(/\s*<participant [\s\S]*<\/participant>/, '')
    .replace(/\s*<documentationOf[\s\S]*<\/documentationOf>/, '')
    .replace(/\s*<relatedDocument[\s\S]*<\/relatedDocument>/, '')
    .replaceAll(written, `${document.day}101500`)
}

export interface HeaderFacts {
  readonly template: string
  readonly oid: string
  readonly id: string
  /** The element `code`. */
  readonly code: string
  readonly title: string
  /** YYYYMMDD. */
  readonly day: string
}

/** Root of the identifiers of a country's documents, from one of its summaries. */
export function documentRoot(summary: string): string {
  return /<id root="([\d.]+)\.3" extension="\w+-[\d-]+\.L3"/.exec(summary)?.[1] ?? ''
}

function headerOf(facts: PrescriptionFacts, summary: string, oid: string, day: string): string {
  const related = facts.original
    ? `<relatedDocument typeCode="XFRM">\n  <parentDocument>\n   <id root="${oid}" extension="${facts.number}.L1"/>\n  </parentDocument>\n </relatedDocument>`
    : ''
  const header = headerFor(summary, {
    template: '1.3.6.1.4.1.12559.11.10.1.3.1.1.1',
    oid,
    id: `${facts.number}.L3`,
    code: '<code code="57833-6" displayName="Prescription for medication" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"/>',
    title: facts.title,
    day,
  })
  return related === '' ? header : `${header}\n ${related}`
}

function row(item: PrescribedMedicine, line: number, language: string): string {
  const substance = wordsOf('atc', item.atc, language)
  return `        <tr ID="rx${line}"><td>${item.product}</td><td>${substance} ${strengthWords(item)}</td><td ID="pos${line}">${item.posology}</td><td>${item.packages} × ${item.contents}</td></tr>`
}

function remark(item: PrescribedMedicine, line: number, head: string | undefined): string {
  return item.pharmacist ? `      <paragraph>${head}: <content ID="fin${line}">${item.pharmacist}</content></paragraph>\n` : ''
}

function strengthWords({ strength: [amount, unit, per, perUnit] }: PrescribedMedicine): string {
  const words = (value: string) => value.replace('ug', 'µg')
  return `${amount} ${words(unit)}${per === undefined ? '' : `/${per} ${perUnit}`}`
}

interface Frame {
  readonly oid: string
  readonly day: string
  readonly language: string
}

function entry(facts: PrescriptionFacts, item: PrescribedMedicine, line: number, { oid, day, language }: Frame): string {
  const until = facts.until.replaceAll('-', '')
  return `     <entry typeCode="COMP">
      <substanceAdministration classCode="SBADM" moodCode="INT">
       <templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.2"/>
       <templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7"/>
       <templateId root="2.16.840.1.113883.10.20.1.24"/>
       <id root="${oid}" extension="${facts.number}.${line}"/>
       <code code="DRUG" displayName="Drug therapy" codeSystem="2.16.840.1.113883.5.4" codeSystemName="ActCode"/>
       <text><reference value="#pos${line}"/></text>
       <statusCode code="active"/>
       <effectiveTime xsi:type="IVL_TS"><low value="${day}"/><high value="${until}"/></effectiveTime>
${timing(item)}       <routeCode code="${item.route}" displayName="${wordsOf('edqm', item.route, language)}" ${EDQM}/>
       <doseQuantity><low value="${item.dose}" unit="${item.doseUnit ?? '1'}"/><high value="${item.dose}" unit="${item.doseUnit ?? '1'}"/></doseQuantity>
${medicine(item, language)}
       <entryRelationship typeCode="COMP">
        <supply classCode="SPLY" moodCode="RQO">
         <independentInd value="false"/>
         <quantity value="${item.packages}" unit="1"/>
        </supply>
       </entryRelationship>
       <entryRelationship typeCode="SUBJ" inversionInd="true">
        <observation classCode="OBS" moodCode="EVN">
         <code code="SUBST" displayName="Substitution" codeSystem="2.16.840.1.113883.5.6" codeSystemName="ActClass"/>
         <value xsi:type="CE" code="${item.substitution}" displayName="${wordsOf('substitution', item.substitution, 'en')}" codeSystem="2.16.840.1.113883.5.1070" codeSystemName="substanceAdminSubstitution"/>
        </observation>
       </entryRelationship>
${instructions(item, line)}      </substanceAdministration>
     </entry>`
}

function timing(item: PrescribedMedicine): string {
  if (item.hours === undefined) return ''
  return `       <effectiveTime xsi:type="PIVL_TS" operator="A"><period value="${item.hours}" unit="h"/></effectiveTime>\n`
}

function medicine(item: PrescribedMedicine, language: string): string {
  const substance = wordsOf('atc', item.atc, language)
  const [amount, unit, per = 1, perUnit = '1'] = item.strength
  const edqm = (code: string) => `code="${code}" displayName="${wordsOf('edqm', code, language)}" ${EDQM}`
  return `       <consumable typeCode="CSM">
        <manufacturedProduct classCode="MANU">
         <templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.29"/>
         <manufacturedMaterial classCode="MMAT" determinerCode="KIND">
          <templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.30"/>
          <code code="${item.productCode}" displayName="${item.product}" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.42.99" codeSystemName="National medicines (demonstration)"/>
          <name>${item.product}</name>
          <pharm:formCode ${edqm(item.form)}/>
          <pharm:asContent classCode="CONT">
           <pharm:quantity xsi:type="PQ" value="${item.contents}" unit="1"><translation value="${item.contents}" ${edqm(item.unit)}/></pharm:quantity>
           <pharm:containerPackagedProduct classCode="CONT" determinerCode="KIND">
            <pharm:formCode ${edqm(item.container)}/>
            <pharm:capacityQuantity value="${item.contents}" unit="1"/>
           </pharm:containerPackagedProduct>
          </pharm:asContent>
          <pharm:asSpecializedKind classCode="GRIC">
           <pharm:generalizedMaterialKind classCode="MMAT" determinerCode="KIND">
            <pharm:code code="${item.atc}" displayName="${substance}" ${ATC}/>
            <pharm:name>${substance}</pharm:name>
           </pharm:generalizedMaterialKind>
          </pharm:asSpecializedKind>
          <pharm:ingredient classCode="ACTI">
           <pharm:quantity><numerator xsi:type="PQ" value="${amount}" unit="${unit}"/><denominator xsi:type="PQ" value="${per}" unit="${perUnit}"/></pharm:quantity>
           <pharm:ingredientSubstance classCode="MMAT" determinerCode="KIND">
            <pharm:code code="${item.atc}" displayName="${substance}" ${ATC}/>
            <pharm:name>${substance}</pharm:name>
           </pharm:ingredientSubstance>
          </pharm:ingredient>
         </manufacturedMaterial>
        </manufacturedProduct>
       </consumable>`
}

function instructions(item: PrescribedMedicine, line: number): string {
  const act = (code: string, templates: readonly string[], reference: string) =>
    `       <entryRelationship typeCode="SUBJ" inversionInd="true">
        <act classCode="ACT" moodCode="INT">
${templates.map((template) => `         <templateId root="${template}"/>`).join('\n')}
         <code code="${code}" codeSystem="1.3.6.1.4.1.19376.1.5.3.2" codeSystemName="IHEActCode"/>
         <text><reference value="#${reference}"/></text>
         <statusCode code="completed"/>
        </act>
       </entryRelationship>
`
  const patient = act('PINSTRUCT', ['2.16.840.1.113883.10.20.1.49', '1.3.6.1.4.1.19376.1.5.3.1.4.3'], `pos${line}`)
  const pharmacist = act('FINSTRUCT', ['2.16.840.1.113883.10.20.1.43', '1.3.6.1.4.1.19376.1.5.3.1.4.3.1'], `fin${line}`)
  return `${patient}${item.pharmacist ? pharmacist : ''}`
}
