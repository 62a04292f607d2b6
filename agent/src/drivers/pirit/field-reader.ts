import { protocolError } from '../../codec/bytes.ts'
import { localDate, localDateTime } from '../kit/told.ts'

/** Numbers up to here are exact. */
const DIGITS_MAX = 15

/** Reads the text fields of an answer one after another. Reading past the end is the error `protocol.short`, never a guess. */
export class FieldReader {
  readonly #fields: readonly string[]
  #index = 0

  constructor(fields: readonly string[]) {
    this.#fields = fields
  }

  text(): string {
    const field = this.#fields[this.#index]
    if (field === undefined) throw protocolError('short', `answer too short: ${this.#fields.length} fields`)
    this.#index++
    return field
  }

  skip(count: number): this {
    for (let skipped = 0; skipped < count; skipped++) this.text()
    return this
  }

  /** Decimal digits; an empty field is 0. */
  integer(): number {
    const field = this.text()
    if (!/^\d*$/.test(field) || field.length > DIGITS_MAX) throw protocolError('number', `not a number: ${field}`)
    return Number(field)
  }

  /** `ddmmyy` as `YYYY-MM-DD`; null when empty or zeros; undefined for what is no day. */
  date(): string | null | undefined {
    const [day = 0, month = 0, year = 0] = pairs(this.text()) ?? [0, 13, 0]
    return localDate(year, month, day)
  }

  /** `ddmmyy` and `hhmmss` as `YYYY-MM-DDTHH:mm:ss`; null when empty or zeros; undefined for what is no time. */
  dateTime(): string | null | undefined {
    const date = this.date()
    const [hours = 0, minutes = 0, seconds = 0] = pairs(this.text()) ?? [24, 0, 0]
    return localDateTime(date, hours, minutes, seconds)
  }
}

/** Three numbers of two digits, none for an empty field, null for anything else. */
const pairs = (field: string): number[] | null => {
  if (field === '') return []
  return /^\d{6}$/.test(field) ? [0, 2, 4].map(at => Number(field.slice(at, at + 2))) : null
}
