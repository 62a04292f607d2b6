import type { OverrideReport } from '@tillwatch/shared/api'

/** The figures of the report as a spreadsheet opens them. */
export function overridesCsv({ groups }: OverrideReport): string {
  const cell = (value: string | number) =>
    `"${String(value)
      .replace(/^([=+\-@\t\r])/, "'$1")
      .replaceAll('"', '""')}"`
  const lines = groups.map(({ rule, author, total, raised, lowered, inflated }) =>
    [rule, author, total, raised, lowered, inflated].map(cell).join(';'),
  )
  return `\uFEFF${['rule;author;total;raised;lowered;inflated', ...lines].join('\r\n')}\r\n`
}
