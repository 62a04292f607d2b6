import type { BilingualText } from './api/problem.ts'
import { AppError, type AppErrorOptions } from './errors.ts'

/** An error whose message and next step a person may read in either language; as an `AppError` it speaks English. */
export class SpokenError extends AppError {
  readonly text: BilingualText
  readonly step: BilingualText

  constructor(code: string, text: BilingualText, step: BilingualText, options: Omit<AppErrorOptions, 'nextStep'> = {}) {
    super(code, text.en, { ...options, nextStep: step.en })
    this.text = text
    this.step = step
  }
}
