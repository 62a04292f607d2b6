import { Fields, parseJson } from './fields.ts'

/** What the service says of one task. */
export interface Entry {
  /** `wait`, `inProgress`, `ready`, `error` …, or a word of a driver that we do not know. */
  readonly status: string
  /** The driver's code; null when it is not there. */
  readonly code: number | null
  readonly result: unknown
}

/**
 * The one task of a job in the service's answer, with its error nested (version 2) or flat (version 1). Null for what is no list
 * of results: a page of HTML, nothing, an answer cut short.
 */
export function entryOf(body: string): Entry | null {
  const answer = parseJson(body)
  const results = typeof answer === 'object' && answer !== null && 'results' in answer ? answer.results : null
  const first: unknown = Array.isArray(results) ? results[0] : undefined
  if (typeof first !== 'object' || first === null) return null
  const entry = new Fields(first)
  return {
    status: entry.text('status') ?? '',
    code: entry.inner('error').count('code') ?? entry.count('errorCode'),
    result: 'result' in first ? first.result : undefined,
  }
}

const FINAL = ['ready', 'error', 'interrupted', 'canceled']

/** True when the task will not change any more. A word that we do not know is not final: the deadline ends the wait. */
export const isFinal = ({ status }: Entry): boolean => FINAL.includes(status)

/** True when the service says, on taking a job, that its queue does not move. */
export const saysBlocked = (body: string): boolean => new Fields(parseJson(body)).flag('isBlocked') === true

/** True when the service says in words of its own what is wrong; a page that is not there is explained by nobody. */
export function saysError(body: string): boolean {
  const answer = parseJson(body)
  return typeof answer === 'object' && answer !== null && 'error' in answer
}
