import { Paper } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { FleetRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatDeviceDate, formatNumber, formatRelative } from '../../format.ts'
import { factWord } from '../../i18n/fact-values.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { useNow } from '../../now.ts'
import { HealthMark } from '../../widgets/health-mark.tsx'
import { Ago } from '../../widgets/moment.tsx'
import { onRowKeys } from '../../widgets/row-keys.ts'
import { TimeToStop } from '../../widgets/time-to-stop.tsx'

const rowKey = (row: FleetRow) => `${row.agentId}/${row.itemId ?? ''}`

function Name({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  const name = row.model ?? (row.serial ? null : t('fleet.noRegister'))
  return (
    <Link href={`/terminals/${encodeURIComponent(row.agentId)}`} className="tw-row-link" data-row>
      {name ?? row.serial}
    </Link>
  )
}

function Under({ row }: { row: FleetRow }) {
  return (
    <div className="tw-dim">
      {row.model && row.serial ? <span className="tw-serial">{row.serial}</span> : null}
      {row.terminal?.name ?? row.agentId}
    </div>
  )
}

function Place({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  if (!row.site) return <span className="tw-dim">{t('fleet.noSite')}</span>
  return (
    <>
      <div className="tw-wrap">{[row.client, row.site.name].filter(Boolean).join(' · ')}</div>
      <div className="tw-dim tw-wrap">{row.site.address}</div>
    </>
  )
}

function Queue({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (row.unsentDocuments === null) return <span className="tw-dim">—</span>
  if (row.unsentDocuments === 0) return <span className="tw-dim">{t('fleet.queueEmpty')}</span>
  return (
    <>
      <div>{formatNumber(language, row.unsentDocuments)}</div>
      {row.firstUnsentAt ? (
        <div className="tw-dim tw-time">
          {t('fleet.queueSince', { date: formatDeviceDate(language, row.firstUnsentAt.slice(0, 10)) })}
        </div>
      ) : null}
    </>
  )
}

function LinkWord({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (row.agentState !== 'online') return <span className="tw-dim">{t(`agentState.${row.agentState}`)}</span>
  return <>{row.link ? factWord('fiscal.register.link', row.link, language) : '—'}</>
}

function Heard({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  return row.heardAt ? <Ago at={row.heardAt} timeZone={row.site?.timezone} /> : <span>{t('fleet.never')}</span>
}

/** Another register of the site stops before this one. */
function SiteStop({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  const now = useNow()
  const { siteTimeToStop: stop, timeToStop: own } = row
  const atMs = stop ? Date.parse(stop.at) : Number.POSITIVE_INFINITY
  if (!stop || atMs >= (own ? Date.parse(own.at) : Number.POSITIVE_INFINITY)) return null
  return (
    <div className="tw-dim" title={pick(stop.text)}>
      {stop.reason === 'stopped'
        ? t('stop.siteStopped')
        : t('stop.site', { time: formatRelative(language, atMs, now) })}
    </div>
  )
}

function FleetTable({ rows }: { rows: readonly FleetRow[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <table className="tw-table tw-rows tw-fleet">
      <thead>
        <tr>
          <th scope="col">{t('fleet.register')}</th>
          <th scope="col">{t('fleet.place')}</th>
          <th scope="col">{t('fleet.timeToStop')}</th>
          <th scope="col">{t('fleet.queue')}</th>
          <th scope="col">{t('fleet.fnEnd')}</th>
          <th scope="col">{t('fleet.link')}</th>
          <th scope="col" className="tw-number">
            {t('fleet.incidents')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={rowKey(row)}>
            <td>
              <div className="tw-line tw-line-top">
                <HealthMark health={row.health} />
                <div className="tw-grow">
                  <Name row={row} />
                  <Under row={row} />
                </div>
              </div>
            </td>
            <td>
              <Place row={row} />
            </td>
            <td>
              <TimeToStop stop={row.timeToStop} timeZone={row.site?.timezone} />
              <SiteStop row={row} />
            </td>
            <td>
              <Queue row={row} />
            </td>
            <td className="tw-time">{row.fnValidUntil ? formatDeviceDate(language, row.fnValidUntil) : '—'}</td>
            <td>
              <LinkWord row={row} />
              <div className="tw-dim">
                <Heard row={row} />
              </div>
            </td>
            <td className="tw-number">
              {row.incidents > 0 ? <b>{row.incidents}</b> : <span className="tw-dim">0</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function FleetCard({ row }: { row: FleetRow }) {
  const { t } = useTranslation()
  return (
    <li className="tw-card">
      <div className="tw-line tw-line-top">
        <HealthMark health={row.health} />
        <div className="tw-grow">
          <Name row={row} />
          <Under row={row} />
        </div>
        {row.incidents > 0 ? (
          <span className="tw-nowrap tw-small">{t('fleet.incidentCount', { count: row.incidents })}</span>
        ) : null}
      </div>
      <div className="tw-card-body">
        <TimeToStop stop={row.timeToStop} timeZone={row.site?.timezone} />
        <SiteStop row={row} />
        <Place row={row} />
        <div className="tw-dim tw-line tw-line-wrap">
          <span>
            <LinkWord row={row} />
          </span>
          ·
          <Heard row={row} />
        </div>
        {row.unsentDocuments ? (
          <div className="tw-dim">
            {t('fleet.queue')}: {t('fleet.documents', { count: row.unsentDocuments })}
          </div>
        ) : null}
      </div>
    </li>
  )
}

/** Registers as a table, or as cards on a phone. Arrows walk, Enter opens. */
export function FleetList({ rows, busy }: { rows: readonly FleetRow[]; busy: boolean }) {
  const narrow = useMediaQuery('(max-width: 1199px)', undefined, { getInitialValueInEffect: false })
  return (
    <Paper p={0} onKeyDown={onRowKeys} className={busy ? 'tw-busy' : ''} aria-busy={busy}>
      {narrow ? (
        <ul className="tw-cards">
          {rows.map(row => (
            <FleetCard key={rowKey(row)} row={row} />
          ))}
        </ul>
      ) : (
        <FleetTable rows={rows} />
      )}
    </Paper>
  )
}
