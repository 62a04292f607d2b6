import { SpokenError } from '@tillwatch/shared'
import { type Words, words, wordsOf } from '../words.ts'

/** What one look came to. `note` is worth knowing and no fault; `warn` works but should be changed; `fail` does not work. */
export interface Check {
  /** Stable name for programs: `config`, `identity`, `data_dir`, `port:/dev/ttyS0`, `register:front`, `link:tls` … */
  readonly id: string
  readonly status: 'ok' | 'note' | 'warn' | 'fail'
  readonly text: Words
  readonly nextStep?: Words
}

/** A failure in a check's shape. */
export const failed = (id: string, thrown: unknown): Check => ({
  id,
  status: 'fail',
  text: wordsOf(thrown),
  ...(thrown instanceof SpokenError && { nextStep: thrown.step }),
})

/** The first line: one sentence for a person in a hurry. */
export function verdictOf(checks: readonly Check[]): Words {
  const failed = checks.filter(({ status }) => status === 'fail').length
  const warned = checks.filter(({ status }) => status === 'warn').length
  if (failed > 0) {
    return words(
      `Агент так работать не сможет: неисправностей ${failed}`,
      `The agent cannot work like this: ${failed} faults`,
    )
  }
  if (warned > 0) return words(`Работать будет, но есть замечания: ${warned}`, `It works, with remarks: ${warned}`)
  return words('Всё в порядке', 'All is well')
}

const MARKS = { ok: '+', note: ' ', warn: '!', fail: 'X' } as const

/** Verdict, then a line a check, each with its next step below. */
export function doctorText(checks: readonly Check[], language: keyof Words): string {
  const lines = checks.flatMap(({ status, text, nextStep }) => {
    const line = `[${MARKS[status]}] ${text[language]}`
    return nextStep ? [line, `    → ${nextStep[language]}`] : [line]
  })
  return `${[verdictOf(checks)[language], '', ...lines].join('\n')}\n`
}
