import { Anchor, Button, Group, Paper, SegmentedControl, Text } from '@mantine/core'
import { IconDownload, IconMoodSmile } from '@tabler/icons-react'
import type { OverrideReport } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { overridesCsv } from '../../api.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { ruleName } from '../../i18n/rule-names.ts'
import { nowMs } from '../../now.ts'
import { useOverrides } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { PriorityBadge } from '../../widgets/badges.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

const DAY_MS = 24 * 3_600_000
const PERIODS = { month: 30, quarter: 90, year: 365 } as const
const NAMES = ['month', 'quarter', 'year'] as const
const COUNTS = ['total', 'raised', 'lowered', 'inflated'] as const

function Groups({ report }: { report: OverrideReport }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <Paper p={0} className="tw-scroll">
      <table className="tw-table tw-stacked">
        <thead>
          <tr>
            <th scope="col">{t('priorities.rule')}</th>
            <th scope="col">{t('priorities.author')}</th>
            {COUNTS.map(count => (
              <th key={count} scope="col">
                {t(`priorities.${count}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.groups.map(group => (
            <tr key={`${group.rule} ${group.author}`}>
              <td title={group.rule}>{ruleName(group.rule, language)}</td>
              <td>{group.author}</td>
              {COUNTS.map(count => (
                <td key={count} data-label={t(`priorities.${count}`)}>
                  {group[count]}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <td colSpan={2}>
              <b>{t('priorities.total')}</b>
            </td>
            {COUNTS.map(count => (
              <td key={count} data-label={t(`priorities.${count}`)}>
                <b>{report[count]}</b>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </Paper>
  )
}

function Changes({ report }: { report: OverrideReport }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Paper>
      <ul className="tw-list">
        {report.rows.map(row => (
          <li key={`${row.incident.id} ${row.at}`}>
            <div className="tw-line tw-line-wrap tw-small">
              <PriorityBadge priority={row.computed} short />
              <span aria-hidden>→</span>
              <PriorityBadge priority={row.set} short />
              <Anchor component={Link} href={`/incidents/${encodeURIComponent(row.incident.id)}`} fz="sm">
                № {row.incident.number} {pick(row.incident.title)}
              </Anchor>
              {row.inflated ? <b>{t('priorities.inflated')}</b> : null}
            </div>
            <Text fz="sm" c="dimmed" className="tw-wrap">
              <Moment at={row.at} /> · {[row.client, pick(row.reason)].filter(Boolean).join(' · ')}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** Priorities that people set by hand: figures by check and author, and each change with its reason. */
export function OverridesTab() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const period = NAMES.find(each => each === parameters.get('period')) ?? 'month'
  const [openedAt] = useState(nowMs)
  const from = new Date(openedAt - PERIODS[period] * DAY_MS).toISOString()
  const before = new Date(openedAt).toISOString()
  const report = useOverrides(from, before)
  return (
    <>
      <Group gap="sm">
        <SegmentedControl
          aria-label={t('priorities.period')}
          value={period}
          onChange={value => setParameters(withParameter('period', value === 'month' ? '' : value), { replace: true })}
          data={NAMES.map(value => ({ value, label: t(`priorities.periods.${value}`) }))}
        />
        <Button
          component="a"
          href={overridesCsv(from, before)}
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('priorities.csv')}
        </Button>
      </Group>
      {report.error ? <ErrorNotice thrown={report.error} onRetry={() => void report.refetch()} /> : null}
      {report.isPending ? <ListSkeleton rows={5} /> : null}
      {report.data?.total === 0 ? (
        <EmptyNotice icon={IconMoodSmile} title={t('priorities.emptyTitle')} text={t('priorities.emptyText')} />
      ) : null}
      {report.data && report.data.total > 0 ? (
        <>
          <Groups report={report.data} />
          <Text fz="sm" c="dimmed">
            {t('priorities.inflatedHint')}
          </Text>
          <Changes report={report.data} />
        </>
      ) : null}
    </>
  )
}
