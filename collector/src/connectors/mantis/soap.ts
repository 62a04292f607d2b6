const NAMESPACE = 'http://futureware.biz/mantisconnect'
/** Stands for "no status is hidden": otherwise MantisBT leaves closed issues out. */
const HIDE_NOTHING = -2

const escaped = (text: string): string => text.replace(/[<>&"']/g, character => `&#${character.codePointAt(0)};`)

/** What a search for the value of a custom field asks. */
export interface SoapSearch {
  readonly user: string
  readonly token: string
  readonly field: number
  readonly value: string
  readonly page: number
  readonly pageSize: number
}

/** The envelope of `mc_filter_search_issue_ids` (MantisConnect WSDL: rpc, encoded). */
export function searchEnvelope({ user, token, field, value, page, pageSize }: SoapSearch): string {
  const part = (name: string, type: string, content: string | number) =>
    `<${name} xsi:type="${type}">${typeof content === 'number' ? content : escaped(content)}</${name}>`
  const list = (name: string, type: string, of: string, item: string) =>
    `<${name} xsi:type="tns:${type}" SOAP-ENC:arrayType="${of}[1]">${item}</${name}>`
  const custom = `<item xsi:type="tns:FilterCustomField"><field xsi:type="tns:ObjectRef">${part('id', 'xsd:integer', field)}</field>${list('value', 'StringArray', 'xsd:string', part('item', 'xsd:string', value))}</item>`
  const filter = [
    list('hide_status_id', 'IntegerArray', 'xsd:integer', part('item', 'xsd:integer', HIDE_NOTHING)),
    list('custom_fields', 'FilterCustomFieldArray', 'tns:FilterCustomField', custom),
  ].join('')
  const parts = [
    part('username', 'xsd:string', user),
    part('password', 'xsd:string', token),
    `<filter xsi:type="tns:FilterSearchData">${filter}</filter>`,
    part('page_number', 'xsd:integer', page),
    part('per_page', 'xsd:integer', pageSize),
  ].join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tns="${NAMESPACE}" SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><SOAP-ENV:Body><tns:mc_filter_search_issue_ids>${parts}</tns:mc_filter_search_issue_ids></SOAP-ENV:Body></SOAP-ENV:Envelope>`
}

/** The numbers that an answer lists; null for anything else, also for a list of another length than it says. */
export function idsOf(answer: string): readonly number[] | null {
  const found = /<return\b([^>]*?)(?:\/>|>(.*?)<\/return>)\s*<\/[\w-]+:mc_filter_search_issue_idsResponse>/s.exec(
    answer,
  )
  if (!found) return null
  const ids = [...(found[2] ?? '').matchAll(/<item\b[^>]*>\s*(\d+)\s*<\/item>/g)].map(([, id]) => Number(id))
  const said = /arrayType="[^"[]*\[(\d+)\]"/.exec(found[1] ?? '')?.[1]
  return said !== undefined && Number(said) === ids.length ? ids : null
}

/** Code and words of a fault; null when the text is none. */
export function faultOf(answer: string): string | null {
  const part = (name: string) => new RegExp(`<${name}\\b[^>]*>([^<]*)</${name}>`).exec(answer)?.[1]
  const words = part('faultstring')
  return words === undefined ? null : `${part('faultcode') ?? 'fault'}: ${words}`
}
