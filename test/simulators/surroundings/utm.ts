import { z } from 'zod'
import { serveWebFake, type WebFake, webFaults } from './web-fake.ts'

const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'expected YYYY-MM-DD HH:MM:SS')

const certificate = (type: string, until: string) =>
  z.strictObject({
    certType: z.string().default(type),
    startDate: time.default('2026-02-03 09:12:44 +0000'),
    expireDate: z.string().default(until),
    isValid: z.union([z.string(), z.boolean()]).default('valid'),
    issuer: z.string().default('CN=Проверка'),
    keyStartDate: z.string().nullable().default(null),
    keyExpireDate: z.string().nullable().default(null),
    isKeyValid: z.union([z.string(), z.boolean()]).nullable().default(null),
  })

const GOST_KEY = {
  keyStartDate: '2026-02-03 09:00:00 +0000',
  keyExpireDate: '2027-05-03 09:00:00 +0000',
  isKeyValid: 'valid',
}

/** A UTM as the world sees it; an empty object is a healthy one. */
const utmState = z.strictObject({
  version: z.string().default('4.2.0'),
  contour: z.string().default('prod'),
  ownerId: z.string().default('030000123456'),
  rsaError: z.string().nullable().default(null),
  checkInfo: z.string().nullable().default(null),
  license: z.boolean().default(false),
  db: z
    .strictObject({
      createDate: time.default('2026-02-03 12:15:31.207'),
      ownerId: z.string().default('030000123456'),
    })
    .nullable()
    .prefault({}),
  rsa: certificate('RSA', '2027-02-03 09:12:44 +0000').nullable().prefault({}),
  gost: certificate('GOST', '2027-03-03 09:12:44 +0000').nullable().prefault(GOST_KEY),
  in_documents: z.number().int().default(0),
  out_documents: z.number().int().default(3),
  /** Name of the number of documents in a list. */
  list_key: z.enum(['total', 'count']).default('total'),
  /** Old versions have only the page that the requirements name. */
  has_info_page: z.boolean().default(true),
  faults: webFaults,
})
export type UtmState = z.input<typeof utmState>

/** A served UTM; `set` replaces its whole state. */
export interface UtmFake extends WebFake {
  set(state: UtmState): void
}

/** Serves a UTM on a free port. Documents and queries to the central server are forbidden. */
export async function serveUtm(initial: UtmState = {}): Promise<UtmFake> {
  let state = utmState.parse(initial)
  const fake = await serveWebFake({
    forbidden: /^\/(opt|api\/mark|xml)\b/,
    faults: () => state.faults,
    pages: () => {
      const { in_documents, out_documents, list_key, has_info_page, faults, ...info } = state
      const pages = {
        '/diagnosis': () =>
          `<?xml version="1.0" encoding="UTF-8"?>\n<A><CERTIFICATE><CN>${state.ownerId}</CN></CERTIFICATE></A>\n`,
        '/api/db/in/list': () => ({ rows: [], [list_key]: in_documents }),
        '/api/db/out/list': () => ({ rows: [], [list_key]: out_documents }),
      }
      return has_info_page ? { ...pages, '/api/info/list': () => info } : pages
    },
  })
  return {
    ...fake,
    set: next => {
      state = utmState.parse(next)
    },
  }
}
