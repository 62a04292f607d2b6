import { Badge } from '@mantine/core'
import type { IncidentRow } from '@tillwatch/shared/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Flags = Pick<
  IncidentRow,
  'critical' | 'missed' | 'children' | 'parentId' | 'untold' | 'pinned' | 'pendingOn' | 'kind'
>

function Flag({ color, children }: { color: string; children: ReactNode }) {
  return (
    <Badge variant="light" color={color} tt="none" fw={500} size="sm">
      {children}
    </Badge>
  )
}

/** What sets an incident apart in a list: critical, late, mass, kept from desks, held open, waiting for others. */
export function IncidentBadges({ row }: { row: Flags }) {
  const { t } = useTranslation()
  return (
    <>
      {row.critical ? <Flag color="red">{t('work.badges.critical')}</Flag> : null}
      {row.missed ? <Flag color="red">{t('work.badges.missed')}</Flag> : null}
      {row.children > 0 ? <Flag color="violet">{t('work.badges.mass', { count: row.children })}</Flag> : null}
      {row.parentId ? <Flag color="violet">{t('work.badges.child')}</Flag> : null}
      {row.untold !== null && !row.parentId ? <Flag color="gray">{t('work.badges.untold')}</Flag> : null}
      {row.pinned ? <Flag color="gray">{t('work.badges.pinned')}</Flag> : null}
      {row.pendingOn ? <Flag color="yellow">{t(`work.badges.pending.${row.pendingOn}`)}</Flag> : null}
      {row.kind === 'service_request' ? <Flag color="gray">{t('work.badges.request')}</Flag> : null}
    </>
  )
}
