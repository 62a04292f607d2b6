import type { WireFact } from '@tillwatch/shared'
import { z } from 'zod'
import { type HostFacts, told, untold } from '../host-item.ts'
import { instantMsOf, lenient, serviceCount, serviceFlag, serviceText, shownText, utcDay } from '../told-json.ts'

/** `valid` as text in the versions seen; a plain flag is understood too. */
const validity = lenient(z.union([z.boolean(), z.string().transform(text => text.toLowerCase() === 'valid')]))

const certificate = lenient(
  z.object({
    isValid: validity,
    expireDate: serviceText,
    isKeyValid: validity,
    keyExpireDate: serviceText,
  }),
)

/** What an error field holds: text, null for none. Anything else is shown as JSON, so that no error is lost. */
const remark = z.unknown().transform(value => {
  if (value === undefined || value === null) return value
  return shownText(typeof value === 'string' ? value : JSON.stringify(value)) || null
})

const infoList = z.object({
  version: serviceText,
  contour: serviceText,
  ownerId: serviceText,
  rsaError: remark,
  checkInfo: remark,
  license: serviceFlag,
  db: lenient(z.object({ ownerId: serviceText, createDate: serviceText })),
  rsa: certificate,
  gost: certificate,
})

/** True for the answer of a UTM: another program on its port answers otherwise. */
const isUtm = (info: z.infer<typeof infoList>): boolean =>
  Boolean(info.version || info.ownerId) && Boolean(info.contour || info.ownerId || info.rsa || info.gost || info.db)

/** Facts of `GET /api/info/list` (UTM 4.x), or null when it is no such answer. */
export function utmInfoFacts(json: unknown): HostFacts | null {
  const parsed = infoList.safeParse(json)
  if (!parsed.success || !isUtm(parsed.data)) return null
  const { version, contour, ownerId, rsaError, checkInfo, license, db, rsa, gost } = parsed.data
  return {
    'egais.utm.version': told(version),
    'egais.utm.contour': told(contour),
    'egais.utm.owner_id': told(ownerId),
    'egais.utm.owner_matches': ownerId && db?.ownerId ? ownerId === db.ownerId : untold('not_told'),
    'egais.utm.rsa_error': rsaError === undefined ? untold('not_told') : rsaError,
    'egais.utm.check_info': checkInfo === undefined ? untold('not_told') : checkInfo,
    'egais.utm.rsa_valid': told(rsa?.isValid),
    'egais.utm.rsa_valid_until': certificateDay(rsa?.expireDate),
    'egais.utm.gost_valid': told(gost?.isValid),
    'egais.utm.gost_valid_until': certificateDay(gost?.expireDate),
    'egais.utm.gost_key_valid': told(gost?.isKeyValid),
    'egais.utm.gost_key_valid_until': certificateDay(gost?.keyExpireDate),
    // False on UTMs that work: shown, never judged.
    'egais.utm.license': told(license),
    'egais.utm.database_created_at': localTimeOf(db?.createDate),
  }
}

/** A page of diagnosis is under one kilobyte. */
const XML_LENGTH_MAX = 16_384

/** FSRAR id of `GET /diagnosis`: XML with the element CN in CERTIFICATE. Null when it is no such answer. */
export function utmDiagnosisFacts(xml: string): HostFacts | null {
  const from = xml.slice(0, XML_LENGTH_MAX).search(/<CERTIFICATE[\s>]/i)
  if (from < 0) return null
  const owner = /<CN>\s{0,32}([^<\s]{1,64})\s{0,32}<\/CN>/i.exec(xml.slice(from, from + XML_LENGTH_MAX))?.[1]
  return owner ? { 'egais.utm.owner_id': told(shownText(owner)) } : null
}

/** Documents of a list by `GET /api/db/…/list`: its `total`, in some versions `count`. */
export function utmListTotal(json: unknown): WireFact {
  const parsed = z.object({ total: serviceCount, count: serviceCount }).safeParse(json)
  return told(parsed.success ? (parsed.data.total ?? parsed.data.count) : null)
}

/** The last day of a certificate; the UTM writes `YYYY-MM-DD HH:MM:SS +0000`. */
function certificateDay(text: string | null | undefined): WireFact {
  if (!text) return untold('not_told')
  const ms = instantMsOf(text)
  return ms === null ? { value: null, reason: 'unclear_date', raw: text.slice(0, 200) } : utcDay(ms)
}

/** `YYYY-MM-DD HH:MM:SS.mmm` by the PC's own clock. */
function localTimeOf(text: string | null | undefined): WireFact {
  if (!text) return untold('not_told')
  const ms = instantMsOf(text)
  if (ms === null) return { value: null, reason: 'unclear_date', raw: text.slice(0, 200) }
  return new Date(ms).toISOString().slice(0, 19)
}
