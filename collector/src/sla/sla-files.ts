import { readFileSync } from 'node:fs'
import { SHIPPED_CALENDARS, SHIPPED_POLICIES } from '@tillwatch/rules'
import { RULE_FILE_BYTES_MAX } from '@tillwatch/shared'
import { readFileText, stampOfFiles } from '../watched-files.ts'
import type { SlaText, SlaTexts } from './sla-opening.ts'

/** Files of calendars and policies beside the shipped ones, by absolute path, in order. */
export interface SlaFiles {
  readonly calendars: readonly string[]
  readonly policies: readonly string[]
}

/** Texts of the shipped calendars and policies and of these files, as they are on disk now. */
export async function readSlaTexts({ calendars, policies }: SlaFiles): Promise<SlaTexts> {
  const shipped = shippedSlaTexts()
  return {
    calendars: [...shipped.calendars, ...(await Promise.all(calendars.map(read)))],
    policies: [...shipped.policies, ...(await Promise.all(policies.map(read)))],
  }
}

const read = (path: string): Promise<SlaText> => readFileText(path, path, RULE_FILE_BYTES_MAX)

/** Texts of what ships alone. */
export const shippedSlaTexts = (): SlaTexts => ({
  calendars: SHIPPED_CALENDARS.map(readShipped),
  policies: SHIPPED_POLICIES.map(readShipped),
})

const readShipped = (url: URL): SlaText => ({
  shipped: true,
  file: url.pathname.split('/').at(-1) ?? url.pathname,
  text: readFileSync(url, 'utf8'),
})

/** Changes whenever one of the files comes, goes or is written. */
export const slaStamp = ({ calendars, policies }: SlaFiles): Promise<string> =>
  stampOfFiles([...calendars, ...policies])
