import { Paper } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ProblemRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { Ago } from '../../widgets/moment.tsx'
import { onRowKeys } from '../../widgets/row-keys.ts'
import { ProblemMarks, ProblemStatusBadge } from './problem-badges.tsx'

function Name({ row }: { row: ProblemRow }) {
  const pick = usePick()
  return (
    <>
      <Link href={`/problems/${encodeURIComponent(row.id)}`} className="tw-row-link tw-wrap" data-row>
        {pick(row.title)}
      </Link>
      <ProblemMarks row={row} />
    </>
  )
}

function useWords(row: ProblemRow) {
  const { t } = useTranslation()
  return {
    scope: row.client ?? t('problemBook.product'),
    incidents: t('problemBook.openOf', { open: row.openIncidents, all: row.incidents }),
  }
}

function Row({ row }: { row: ProblemRow }) {
  const { scope, incidents } = useWords(row)
  return (
    <tr>
      <td className="tw-dim">{row.number}</td>
      <td>
        <Name row={row} />
      </td>
      <td className="tw-wrap">{scope}</td>
      <td>{incidents}</td>
      <td>
        <ProblemStatusBadge status={row.status} />
      </td>
      <td className="tw-dim">
        <Ago at={row.changedAt} />
      </td>
    </tr>
  )
}

function Card({ row }: { row: ProblemRow }) {
  const { scope, incidents } = useWords(row)
  return (
    <li className="tw-card">
      <Name row={row} />
      <div className="tw-dim tw-small tw-wrap">
        {scope} · {incidents}
      </div>
      <div className="tw-line tw-line-wrap tw-small tw-dim tw-card-foot">
        <ProblemStatusBadge status={row.status} />
        <span>№ {row.number}</span>
        <Ago at={row.changedAt} />
      </div>
    </li>
  )
}

/** Problems as a table, or as cards on a phone. Arrows walk, Enter opens. */
export function ProblemList({ rows, busy }: { rows: readonly ProblemRow[]; busy: boolean }) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)', undefined, { getInitialValueInEffect: false })
  const columns = ['number', 'header', 'scope', 'incidents', 'statusHeader', 'changed'] as const
  return (
    <Paper p={0} onKeyDown={onRowKeys} className={busy ? 'tw-busy' : ''} aria-busy={busy}>
      {narrow ? (
        <ul className="tw-cards">
          {rows.map(row => (
            <Card key={row.id} row={row} />
          ))}
        </ul>
      ) : (
        <table className="tw-table tw-rows">
          <thead>
            <tr>
              {columns.map(column => (
                <th key={column} scope="col">
                  {t(`problemBook.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </Paper>
  )
}
