import type { TFunction } from 'i18next'
import { ApiProblem } from './api-client.ts'
import type { Language } from './format.ts'
import { problemWords, serverText } from './i18n/server-words.ts'

/** What to tell about a failure: what happened, what the server said about it, what to do next. */
export interface ProblemText {
  readonly title: string
  readonly detail: string
  readonly nextStep: string
}

type Kind =
  | 'unreachable'
  | 'invalid'
  | 'signedOut'
  | 'wrongLogin'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'refused'
  | 'tooMany'
  | 'server'
  | 'invitation'

/** Kind of a failure, from its code and status alone. */
export function problemKind(problem: ApiProblem): Kind {
  if (problem.code === 'network.unreachable') return 'unreachable'
  if (problem.code === 'response.invalid') return 'invalid'
  if (problem.code === 'invitation.unknown') return 'invitation'
  switch (problem.status) {
    case 401:
      return 'signedOut'
    case 403:
      return 'forbidden'
    case 404:
    case 410:
      return 'missing'
    case 409:
      return 'conflict'
    case 429:
      return 'tooMany'
    default:
      return problem.status >= 500 ? 'server' : 'refused'
  }
}

/** Words for a failure in the reader's language; the server's own where the portal knows none for its code. */
export function problemText(t: TFunction, language: Language, thrown: unknown, as?: Kind): ProblemText {
  if (!(thrown instanceof ApiProblem)) {
    return {
      title: t('common.crashTitle'),
      detail: thrown instanceof Error ? thrown.message : '',
      nextStep: t('common.crashText'),
    }
  }
  const kind = as ?? problemKind(thrown)
  const own = problemWords(thrown.code, language)
  const said = own && thrown.code !== 'internal' ? own.nextStep : thrown.nextStep
  return {
    title: t(`problems.${kind}`),
    detail: own ? own.message : thrown.message,
    nextStep: said === undefined ? t(`problems.${kind}Next`) : serverText(said, language),
  }
}
