import { readFileSync } from 'node:fs'
import { SHIPPED_CALENDARS, SHIPPED_POLICIES } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import type { SlaTexts } from './sla-book.ts'

/** Files of calendars and policies beside the shipped ones, by absolute path, in order. */
export interface SlaFiles {
  readonly calendars: readonly string[]
  readonly policies: readonly string[]
}

/** Texts of the shipped calendars and policies and of these files, as they are on disk now. Throws `sla.unreadable`. */
export const readSlaTexts = ({ calendars, policies }: SlaFiles = { calendars: [], policies: [] }): SlaTexts => ({
  calendars: [...SHIPPED_CALENDARS, ...calendars].map(read),
  policies: [...SHIPPED_POLICIES, ...policies].map(read),
})

function read(file: string | URL): { file: string; text: string } {
  const name = file instanceof URL ? (file.pathname.split('/').at(-1) ?? file.pathname) : file
  try {
    return { file: name, text: readFileSync(file, 'utf8') }
  } catch (cause) {
    throw new AppError('sla.unreadable', `cannot read ${name}`, {
      nextStep: 'Correct its path under calendars or policies in the configuration.',
      cause,
    })
  }
}
