import { Badge } from '@mantine/core'
import type { IncidentRow, IncidentStatus } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

type Priority = IncidentRow['priority']

/** Priority by its number, its name and its colour. */
export function PriorityBadge({ priority, short = false }: { priority: Priority; short?: boolean }) {
  const { t } = useTranslation()
  const name = t(`priority.p${priority}`)
  return (
    <span className="tw-priority" data-priority={priority} title={`${priority} · ${name}`}>
      <b>{priority}</b>
      {short ? <span className="tw-hidden-text">{name}</span> : <span className="tw-priority-name">{name}</span>}
    </span>
  )
}

const STATUS_COLORS: Record<IncidentStatus, string> = {
  open: 'red',
  in_work: 'tide',
  waiting: 'yellow',
  solved: 'green',
  closed: 'gray',
}

/** Status of an incident. */
export function StatusBadge({ status }: { status: IncidentStatus }) {
  const { t } = useTranslation()
  return (
    <Badge variant="light" color={STATUS_COLORS[status]} tt="none" fw={500}>
      {t(`status.${status}`)}
    </Badge>
  )
}
