import { Button, Paper } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconBellOff } from '@tabler/icons-react'
import type { IncidentRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useNow } from '../../now.ts'
import { useMe } from '../../session.ts'
import { PriorityBadge, StatusBadge } from '../../widgets/badges.tsx'
import { IncidentBadges } from '../../widgets/incident-badges.tsx'
import { Ago, Moment } from '../../widgets/moment.tsx'
import { onRowKeys } from '../../widgets/row-keys.ts'
import { useAct } from '../incident/use-act.ts'

function Name({ row }: { row: IncidentRow }) {
  const pick = usePick()
  return (
    <Link href={`/incidents/${encodeURIComponent(row.id)}`} className="tw-row-link tw-wrap" data-row>
      {pick(row.title)}
    </Link>
  )
}

function Notes({ row }: { row: IncidentRow }) {
  const { t } = useTranslation()
  const now = useNow()
  const silenced = row.silencedUntil && Date.parse(row.silencedUntil) > now ? row.silencedUntil : null
  const flagged =
    row.critical ||
    row.missed ||
    row.children > 0 ||
    row.parentId ||
    row.untold !== null ||
    row.pinned ||
    row.pendingOn ||
    row.kind !== 'incident'
  if (!silenced && row.reopens === 0 && !flagged) return null
  return (
    <div className="tw-dim tw-line tw-line-wrap tw-small">
      <IncidentBadges row={row} />
      {silenced ? (
        <span className="tw-line">
          <IconBellOff size={14} aria-hidden />
          <span>
            {t('common.until', { time: '' })}
            <Moment at={silenced} />
          </span>
        </span>
      ) : null}
      {row.reopens > 0 ? <span>{t('incidents.reopens', { count: row.reopens })}</span> : null}
    </div>
  )
}

/** When the nearest promise ends: amber from 70 % of the time, red once it is broken. */
function Due({ row }: { row: IncidentRow }) {
  const now = useNow()
  if (!row.dueAt) return <span className="tw-dim">—</span>
  const urgent = row.urgentAt !== null && Date.parse(row.urgentAt) <= now
  const color = row.missed ? 'var(--tw-red)' : urgent ? 'var(--tw-yellow)' : 'var(--tw-green)'
  return (
    <span style={{ color }}>
      <Ago at={row.dueAt} />
    </span>
  )
}

/** Nobody has it: whoever works here may take it from the list. */
function Free({ row }: { row: IncidentRow }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const act = useAct(row.id, () => undefined)
  if (!mayWork || row.status === 'solved' || row.status === 'closed') {
    return <span className="tw-dim">{t('incidents.nobody')}</span>
  }
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={act.isPending}
      aria-label={`${t('incident.take')}: № ${row.number}`}
      onClick={() => act.mutate({ action: 'take' })}
    >
      {t('queue.take')}
    </Button>
  )
}

const placeOf = (row: IncidentRow) => [row.client, row.site?.name].filter(Boolean).join(' · ')

function IncidentTable({ rows }: { rows: readonly IncidentRow[] }) {
  const { t } = useTranslation()
  return (
    <table className="tw-table tw-rows tw-queue">
      <thead>
        <tr>
          <th scope="col">{t('incidents.number')}</th>
          <th scope="col">{t('incidents.priority')}</th>
          <th scope="col">{t('incidents.header')}</th>
          <th scope="col">{t('incidents.assignee')}</th>
          <th scope="col">{t('incidents.status')}</th>
          <th scope="col">{t('incidents.opened')}</th>
          <th scope="col">{t('queue.due')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.id}>
            <td className="tw-dim">{row.number}</td>
            <td>
              <PriorityBadge priority={row.priority} />
            </td>
            <td>
              <Name row={row} />
              <div className="tw-dim tw-wrap">{placeOf(row)}</div>
              <Notes row={row} />
            </td>
            <td>{row.assignee ?? <Free row={row} />}</td>
            <td>
              <StatusBadge status={row.status} />
            </td>
            <td className="tw-dim">
              <Ago at={row.openedAt} />
            </td>
            <td>
              <Due row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function IncidentCard({ row }: { row: IncidentRow }) {
  const { t } = useTranslation()
  return (
    <li className="tw-card">
      <div className="tw-line tw-line-top">
        <PriorityBadge priority={row.priority} short />
        <div className="tw-grow">
          <Name row={row} />
          <div className="tw-dim tw-small tw-wrap">{placeOf(row)}</div>
          <Notes row={row} />
          <div className="tw-line tw-line-wrap tw-small tw-dim tw-card-foot">
            <StatusBadge status={row.status} />
            <span>
              {t('incidents.number')} {row.number}
            </span>
            <Ago at={row.openedAt} />
            {row.dueAt ? (
              <span>
                {t('queue.due')}: <Due row={row} />
              </span>
            ) : null}
            <span>{row.assignee ?? <Free row={row} />}</span>
          </div>
        </div>
      </div>
    </li>
  )
}

/** Incidents as a table, or as cards on a phone. Arrows walk, Enter opens. */
export function IncidentList({ rows, busy }: { rows: readonly IncidentRow[]; busy: boolean }) {
  const narrow = useMediaQuery('(max-width: 1023px)', undefined, { getInitialValueInEffect: false })
  return (
    <Paper p={0} onKeyDown={onRowKeys} className={busy ? 'tw-busy' : ''} aria-busy={busy}>
      {narrow ? (
        <ul className="tw-cards">
          {rows.map(row => (
            <IncidentCard key={row.id} row={row} />
          ))}
        </ul>
      ) : (
        <IncidentTable rows={rows} />
      )}
    </Paper>
  )
}
