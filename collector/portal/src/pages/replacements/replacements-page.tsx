import { Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconCalendarCheck, IconDownload } from '@tabler/icons-react'
import type { ReplacementPlan } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { replacementsXlsx } from '../../api.ts'
import { formatMonth, type Language } from '../../format.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { useReplacements } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { AddressGroup } from './address-group.tsx'

type Month = ReplacementPlan['months'][number]
const HORIZONS = [3, 6, 12, 24] as const
const HORIZON_DEFAULT = 12

function useMonthName(): (month: string) => string {
  const { t } = useTranslation()
  const language: Language = useLanguage()
  return month =>
    month === 'overdue' || month === 'unknown' ? t(`replacements.${month}`) : formatMonth(language, month)
}

function MonthSection({ month }: { month: Month }) {
  const { t } = useTranslation()
  const nameOf = useMonthName()
  return (
    <section aria-labelledby={`month-${month.month}`}>
      <Group gap="sm" align="baseline" mb="xs">
        <Title order={2} id={`month-${month.month}`} className="tw-month-title" tabIndex={-1}>
          {nameOf(month.month)}
        </Title>
        <Text c="dimmed" fz="sm">
          {t('replacements.registers', { count: month.registers })} ·{' '}
          {t('replacements.addresses', { count: month.addresses.length })}
        </Text>
      </Group>
      {month.month === 'unknown' ? (
        <Text c="dimmed" fz="sm" mb="xs">
          {t('replacements.unknownHint')}
        </Text>
      ) : null}
      <Stack gap="sm">
        {month.addresses.map(group => (
          <Paper key={`${group.address}${group.client ?? ''}`} p={0}>
            <AddressGroup group={group} />
          </Paper>
        ))}
      </Stack>
    </section>
  )
}

/** Registers by the month in which their drive ends, grouped by address. */
export default function ReplacementsPage() {
  const { t } = useTranslation()
  const language = useLanguage()
  const nameOf = useMonthName()
  const [parameters, setParameters] = useSearchParams()
  const wanted = Number(parameters.get('months'))
  const horizon = HORIZONS.find(each => each === wanted) ?? HORIZON_DEFAULT
  const plan = useReplacements(horizon)
  const months = plan.data?.months.filter(month => month.registers > 0) ?? []
  return (
    <Page
      title={t('replacements.title')}
      intro={t('replacements.intro')}
      actions={
        <Button
          component="a"
          href={replacementsXlsx(horizon, language)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('replacements.export')}
        </Button>
      }
    >
      <SegmentedControl
        aria-label={t('replacements.horizon')}
        className="tw-filter"
        value={String(horizon)}
        onChange={value => setParameters(withParameter('months', value), { replace: true })}
        data={HORIZONS.map(each => ({ value: String(each), label: t('replacements.months', { count: each }) }))}
      />
      {plan.error ? <ErrorNotice thrown={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {plan.isPending ? <ListSkeleton rows={8} /> : null}
      {plan.data && months.length === 0 ? (
        <EmptyNotice icon={IconCalendarCheck} title={t('replacements.emptyTitle')} text={t('replacements.emptyText')} />
      ) : null}
      {months.length > 1 ? (
        <nav className="tw-months" aria-label={t('replacements.jump')}>
          {months.map(month => (
            <a
              key={month.month}
              href={`#month-${month.month}`}
              className="tw-month"
              data-tone={month.month === 'overdue' ? 'red' : undefined}
            >
              {nameOf(month.month)} <b>{month.registers}</b>
            </a>
          ))}
        </nav>
      ) : null}
      <Stack gap="xl">
        {months.map(month => (
          <MonthSection key={month.month} month={month} />
        ))}
      </Stack>
    </Page>
  )
}
