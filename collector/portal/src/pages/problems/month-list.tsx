import { Paper, Select, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconCalendarStats } from '@tabler/icons-react'
import type { MonthlyAnalysis } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatMonth } from '../../format.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { ruleName } from '../../i18n/rule-names.ts'
import { useAnalyses, useAnalysis } from '../../problem-queries.ts'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

function Raised({ analysis }: { analysis: MonthlyAnalysis }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  return (
    <Paper component="section" aria-label={t('problemBook.raised')}>
      <Title order={2} mb={4}>
        {t('problemBook.raised')}
      </Title>
      {analysis.raised.length === 0 ? <Text c="dimmed">{t('problemBook.raisedNone')}</Text> : null}
      <ul className="tw-list">
        {analysis.raised.map(raised => (
          <li key={`${raised.kind}-${raised.client}-${raised.what.en}`}>
            <Text fw={500}>
              {raised.client ?? t('problemBook.noClient')} ·{' '}
              {raised.kind === 'operation' ? ruleName(raised.what.en, language) : pick(raised.what)}
            </Text>
            <Text fz="sm" c="dimmed">
              {pick(raised.text)}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

type Client = MonthlyAnalysis['clients'][number]

function ClientTypes({ client }: { client: Client }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  return (
    <Paper component="section">
      <Title order={3} mb={4}>
        {client.client ?? t('problemBook.noClient')}: {client.total}
      </Title>
      <ul className="tw-list">
        {client.types.map(type => (
          <li key={type.numbers.join()}>
            <Text>{pick(type.title)}</Text>
            <Text fz="sm" c="dimmed" className="tw-wrap">
              {t('problemBook.sameTypeCount', { count: type.count, items: type.items })} ·{' '}
              {[type.check && ruleName(type.check, language), type.model, type.firmware, type.errorCode]
                .filter(Boolean)
                .join(' · ')}{' '}
              · № {type.numbers.join(', ')}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** Incidents of one type by client, month by month, as they were issued. */
export function MonthList() {
  const { t } = useTranslation()
  const language = useLanguage()
  const analyses = useAnalyses()
  const [chosen, setChosen] = useState<string | null>(null)
  const month = chosen ?? analyses.data?.[0]?.month ?? null
  const analysis = useAnalysis(month)
  if (analyses.isPending) return <ListSkeleton rows={4} />
  if (analyses.error) return <ErrorNotice thrown={analyses.error} onRetry={() => void analyses.refetch()} />
  if (analyses.data.length === 0) {
    return (
      <EmptyNotice
        icon={IconCalendarStats}
        title={t('problemBook.monthsEmptyTitle')}
        text={t('problemBook.monthsEmptyText')}
      />
    )
  }
  return (
    <Stack gap="md">
      <Select
        maw={260}
        label={t('problemBook.month')}
        value={month}
        allowDeselect={false}
        onChange={setChosen}
        data={analyses.data.map(row => ({ value: row.month, label: formatMonth(language, row.month) }))}
      />
      {analysis.error ? <ErrorNotice thrown={analysis.error} onRetry={() => void analysis.refetch()} /> : null}
      {analysis.isPending ? <Skeleton height={160} /> : null}
      {analysis.data ? (
        <>
          <Text c="dimmed">
            {t('problemBook.monthTotal', { count: analysis.data.total })} · {t('problemBook.monthIssued')}{' '}
            <Moment at={analysis.data.issuedAt} />
          </Text>
          <Raised analysis={analysis.data} />
          {analysis.data.clients.map(client => (
            <ClientTypes key={client.client ?? ''} client={client} />
          ))}
        </>
      ) : null}
    </Stack>
  )
}
