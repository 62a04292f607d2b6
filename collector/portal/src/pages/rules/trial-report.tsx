import { Stack, Table, Text, Title } from '@mantine/core'
import type { BacktestReport } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { usePick } from '../../i18n/i18n.ts'
import { Moment } from '../../widgets/moment.tsx'

const KINDS = ['opened', 'spared', 'changed', 'moved'] as const
type Counts = BacktestReport['total']

interface CountTableProps {
  readonly title: string
  readonly head: string
  readonly rows: readonly (Counts & { readonly name: string })[]
}

function CountTable({ title, head, rows }: CountTableProps) {
  const { t } = useTranslation()
  return (
    <section aria-label={title}>
      <Title order={3} fz="md">
        {title}
      </Title>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{head}</Table.Th>
              {KINDS.map(kind => (
                <Table.Th key={kind} ta="right">
                  {t(`rules.trial.${kind}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(row => (
              <Table.Tr key={row.name}>
                <Table.Td>{row.name}</Table.Td>
                {KINDS.map(kind => (
                  <Table.Td key={kind} ta="right" {...(row[kind] === 0 ? { c: 'dimmed' } : {})}>
                    {row[kind]}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

function Differences({ report }: { readonly report: BacktestReport }) {
  const { t } = useTranslation()
  const side = (episode: BacktestReport['differences'][number]['before']) =>
    episode ? (
      <>
        <code>{episode.rule}</code> P{episode.priority} <Moment at={episode.openedAt} />
      </>
    ) : (
      '—'
    )
  return (
    <section aria-label={t('rules.trial.oneByOne')}>
      <Title order={3} fz="md">
        {t('rules.trial.oneByOne')}
      </Title>
      <ul className="tw-steps">
        {report.differences.map(difference => (
          <li
            key={`${difference.itemId} ${difference.causeClass} ${(difference.after ?? difference.before)?.openedAt}`}
            className="tw-wrap"
          >
            <b>{t(`rules.trial.${difference.kind}`)}</b> {difference.itemId}: {side(difference.before)} →{' '}
            {side(difference.after)}
            {difference.realNumber === null ? '' : ` (${t('rules.trial.real', { number: difference.realNumber })})`}
          </li>
        ))}
      </ul>
      {report.notListed > 0 ? <Text fz="sm">{t('rules.trial.more', { count: report.notListed })}</Text> : null}
    </section>
  )
}

/** What a trial came to: sums, weeks, rules, incidents one by one, and what history cannot tell. */
export function TrialReport({ report }: { readonly report: BacktestReport }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { before, after, real, reproduced, total, weeks, rules } = report
  const isSame = KINDS.every(kind => total[kind] === 0)
  return (
    <Stack gap="md" role="status">
      <Text>{t('rules.trial.sums', { before, after, real, reproduced })}</Text>
      {isSame ? (
        <Text fw={500}>{t('rules.trial.same')}</Text>
      ) : (
        <>
          <CountTable
            title={t('rules.trial.byWeek')}
            head={t('rules.trial.week')}
            rows={[
              ...weeks.map(({ week, ...counts }) => ({ name: week, ...counts })),
              { name: t('rules.trial.total'), ...total },
            ]}
          />
          <CountTable
            title={t('rules.trial.byRule')}
            head={t('rules.trial.rule')}
            rows={rules.map(({ rule, ...counts }) => ({ name: rule, ...counts }))}
          />
          <Differences report={report} />
        </>
      )}
      <section aria-label={t('rules.trial.notes')}>
        <Text fz="sm" fw={500}>
          {t('rules.trial.notes')}
        </Text>
        <ul className="tw-steps">
          {report.notes.map(note => (
            <li key={note.en}>
              <Text fz="sm" c="dimmed">
                {pick(note)}
              </Text>
            </li>
          ))}
        </ul>
      </section>
    </Stack>
  )
}
