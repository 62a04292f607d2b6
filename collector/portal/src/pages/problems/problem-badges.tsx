import { Badge } from '@mantine/core'
import type { ProblemRow, ProblemStatus } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

const COLORS: Record<ProblemStatus, string> = {
  proposed: 'yellow',
  open: 'red',
  root_cause_known: 'tide',
  fix_planned: 'tide',
  solved: 'green',
  closed: 'gray',
  rejected: 'gray',
}

/** Status of a problem. */
export function ProblemStatusBadge({ status }: { status: ProblemStatus }) {
  const { t } = useTranslation()
  return (
    <Badge variant="light" color={COLORS[status]} tt="none" fw={500}>
      {t(`problemBook.status.${status}`)}
    </Badge>
  )
}

/** What makes a problem stand out: a known error, one that came back, measures that nobody has taken. */
export function ProblemMarks({ row }: { row: Pick<ProblemRow, 'knownError' | 'recurrences' | 'openMeasures'> }) {
  const { t } = useTranslation()
  const marks = [
    row.recurrences > 0 ? t('problemBook.recurred', { count: row.recurrences }) : null,
    row.openMeasures > 0 ? t('problemBook.openMeasures', { count: row.openMeasures }) : null,
  ].filter(mark => mark !== null)
  if (!row.knownError && marks.length === 0) return null
  return (
    <span className="tw-line tw-line-wrap tw-small tw-dim">
      {row.knownError ? (
        <Badge size="sm" variant="outline" color="green" tt="none" fw={500}>
          {t('problemBook.known')}
        </Badge>
      ) : null}
      {marks.map(mark => (
        <span key={mark}>{mark}</span>
      ))}
    </span>
  )
}
