import { Badge, Paper, Text } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import type { NoticeRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useNotices } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { LoadMore } from '../../widgets/load-more.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

const COLORS = {
  waiting: 'gray',
  sent: 'green',
  failed: 'red',
  no_channel: 'yellow',
  nobody: 'red',
  dropped: 'red',
} as const

function Row({ row }: { row: NoticeRow }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <tr>
      <td className="tw-dim">
        <Moment at={row.at} />
      </td>
      <td className="tw-wrap">
        {row.name || '—'}
        <div className="tw-dim tw-small">
          {row.via ? `${pick(row.via)}, ${t('agreements.via', { role: pick(row.role) })}` : pick(row.role)}
          {row.email ? ` · ${row.email}` : ''}
        </div>
      </td>
      <td className="tw-wrap">
        {row.incidentId ? (
          <Link href={`/incidents/${encodeURIComponent(row.incidentId)}`}>{row.subject}</Link>
        ) : (
          row.subject
        )}
      </td>
      <td>
        <Badge variant="light" color={COLORS[row.state]} tt="none" fw={500}>
          {t(`agreements.states.${row.state}`)}
        </Badge>
        {row.lastError ? (
          <Text fz="sm" c="var(--tw-red)" className="tw-wrap">
            {row.lastError} · {t('agreements.attempts', { count: row.attempts })}
          </Text>
        ) : null}
      </td>
    </tr>
  )
}

function NoticeTable() {
  const { t } = useTranslation()
  const notices = useNotices()
  if (notices.error) return <ErrorNotice thrown={notices.error} onRetry={() => void notices.refetch()} />
  if (notices.isPending) return <ListSkeleton rows={6} height={56} />
  const rows = notices.data.pages.flatMap(page => page.rows)
  if (rows.length === 0)
    return <EmptyNotice icon={IconMailOff} title={t('agreements.noticesNone')} text={t('agreements.noticesNoneText')} />
  return (
    <>
      <Paper p={0} style={{ overflowX: 'auto' }}>
        <table className="tw-table tw-stacked">
          <thead>
            <tr>
              <th scope="col">{t('agreements.at')}</th>
              <th scope="col">{t('agreements.to')}</th>
              <th scope="col">{t('agreements.subject')}</th>
              <th scope="col">{t('agreements.state')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </Paper>
      <LoadMore
        shown={rows.length}
        total={notices.data.pages[0]?.total ?? rows.length}
        hasMore={notices.hasNextPage}
        loading={notices.isFetchingNextPage}
        onMore={() => void notices.fetchNextPage()}
      />
    </>
  )
}

/** Messages to people, the newest first, for those who work in support. */
export function Notices() {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  return mayWork ? <NoticeTable /> : <Text c="dimmed">{t('agreements.forbidden')}</Text>
}
