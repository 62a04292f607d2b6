import type { z } from 'zod'

export const HOUR = 3_600_000
/** A text of the server in both languages. */
export const both = (ru: string, en: string) => ({ ru, en })
export const iso = (ms: number): string => new Date(ms).toISOString()

/** A request that the real server would refuse. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A request with its address taken apart and its body read. */
export interface Call {
  readonly url: URL
  readonly parts: readonly string[]
  readonly body: unknown
}
/** Schema and body of an answer; null is 204. */
export type Answer = readonly [z.ZodType, unknown] | null

/** Method and path, `*` for the second part of it, to the answer. */
export type Routes = Readonly<Record<string, (call: Call) => Answer>>

/** The rows that a page of a list shows. */
export function paged<T>(rows: readonly T[], url: URL): { rows: T[]; next: string | null; total: number } {
  const start = Number(url.searchParams.get('after') ?? 0)
  const end = start + Number(url.searchParams.get('limit') ?? 50)
  return { rows: rows.slice(start, end), next: end < rows.length ? String(end) : null, total: rows.length }
}

/** Whether the values hold the text that is searched for. */
export const includes = (values: readonly unknown[], url: URL): boolean =>
  values
    .join(' ')
    .toLowerCase()
    .includes((url.searchParams.get('search') ?? '').toLowerCase())
